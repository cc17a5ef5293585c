"""What others send us instead of being asked: signed deliveries, and files put into a folder.

Pure but for reading the folder. What they carry is private (`Item.private`): a company's own record
of its customers, which the store of public mentions refuses.
"""
