"""How a cataloguer sees and changes one record: as lines of MARC or as a form, checked and compared. Pure: no tables, no clock."""
