from h import *
T={'status':'generated','div':'<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}
from t16q import *
