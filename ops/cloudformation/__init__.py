"""CloudFormation stacks: their templates, previews, operations and failures."""
