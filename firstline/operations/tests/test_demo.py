"""x"""
import time
from collections import Counter
import pytest

pytestmark = pytest.mark.django_db


def test_load():
    from firstline.operations import demo
    from django.db import connection
    import traceback
    c = Counter()
    def wrap(execute, sql, params, many, context):
        f = [x for x in traceback.extract_stack(limit=40) if "/firstline/" in x.filename and "tests" not in x.filename]
        c[(sql[:34], f[-1].filename[-30:]+":"+str(f[-1].lineno))] += 1
        return execute(sql, params, many, context)
    import os
    if os.environ.get("W"):
        with connection.execute_wrapper(wrap):
            s = demo.load()
        for k, v in c.most_common(60): print(v, k)
    else:
        t = time.process_time()
        s = demo.load()
        print(s, time.process_time() - t)
