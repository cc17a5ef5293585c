"""What others send us instead of being asked: signed deliveries, and files put into a folder.

What calls carry is private (`Item.private`): a company's own record of its customers, which goes
sealed into a store of its own.
"""
