"""The floor below everything: plain building blocks that know no room and no request."""
