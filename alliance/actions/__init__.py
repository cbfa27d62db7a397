"""What people do. Each act is permission, one transaction and its line in the audit trail, in one place."""
