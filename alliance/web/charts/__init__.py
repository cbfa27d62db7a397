"""Pictures of courses, as plain specifications for the chart library; the page holds sentence and table already."""
