"""The only home of SQL. Every module answers with records of the domain, never with rows."""
