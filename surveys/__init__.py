"""What patients are asked: instruments, their licences, their forms and their scores.

An instrument is a folder of TOML files, one folder for each version. `library` finds and loads them,
`definition` says what a sound one is, `forms` checks what a patient sent in, and `scoring` turns answers into
scores from 0 to 100 or into the reason why there is none. Nothing here knows who asks, who answers or where
answers are kept.
"""
