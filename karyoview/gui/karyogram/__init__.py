"""The karyogram board and its dialogs; each is loaded when it is first asked for."""
