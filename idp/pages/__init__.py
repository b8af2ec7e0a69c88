"""What a person sees, one file a page. Parses, calls one use case, renders; decides nothing."""
