"""demonstration"""
