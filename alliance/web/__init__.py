"""What people see: blueprints, guards, headers and charts, all through the actions."""
