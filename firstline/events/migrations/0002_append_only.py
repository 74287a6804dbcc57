from django.db import migrations

REFUSE = """
CREATE FUNCTION events_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE ON events_event FOR EACH STATEMENT EXECUTE FUNCTION events_refuse_update();
"""
ALLOW = "DROP TRIGGER events_append_only ON events_event; DROP FUNCTION events_refuse_update();"


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
