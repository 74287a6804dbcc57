from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE FUNCTION audit_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER audit_date BEFORE INSERT ON events_auditentry FOR EACH ROW EXECUTE FUNCTION audit_date();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON events_auditentry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON events_auditlink FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_append_only BEFORE UPDATE ON events_auditpersonal FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON events_auditentry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON events_auditlink FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON events_auditpersonal FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'firstline_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON events_auditentry, events_auditlink FROM firstline_app;
        REVOKE UPDATE, TRUNCATE ON events_auditpersonal FROM firstline_app;
    END IF;
END $$;
"""
ALLOW = """
DROP TRIGGER audit_date ON events_auditentry;
DROP TRIGGER audit_append_only ON events_auditentry;
DROP TRIGGER audit_append_only ON events_auditlink;
DROP TRIGGER audit_append_only ON events_auditpersonal;
DROP TRIGGER audit_no_truncate ON events_auditentry;
DROP TRIGGER audit_no_truncate ON events_auditlink;
DROP TRIGGER audit_no_truncate ON events_auditpersonal;
DROP FUNCTION audit_refuse();
DROP FUNCTION audit_date();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0004_audit")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
