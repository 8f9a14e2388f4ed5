"""reorganisation"""
