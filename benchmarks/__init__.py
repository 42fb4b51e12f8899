"""Measurements that anyone can run again; none of them is a test."""
