"""Sets an installation up: a form (workbook or dialogue) in, a checked fengsui.yaml out."""
