"""CloudFormation stacks: templates, previews, operations and failures."""
