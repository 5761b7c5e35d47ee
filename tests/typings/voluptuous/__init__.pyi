# Home Assistant runs probatio under the name of voluptuous: the types are its.
from probatio import *
