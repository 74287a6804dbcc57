from django.db import migrations

# Where a case may go where; the same table as firstline/moderation/models/vocabulary.py (a test compares).
ARROWS = {
    "open": ["proposed", "executed", "resolved"],
    "proposed": ["approved", "rejected", "lapsed", "lifted"],
    "approved": ["executed"],
    "rejected": ["executed", "lifted", "expired", "appealed"],
    "lapsed": ["appealed"],
    "executed": ["appealed", "expired", "lifted"],
    "appealed": ["upheld", "overturned", "amended"],
    "upheld": ["expired", "lifted"],
    "amended": ["expired", "lifted"],
    "expired": ["appealed"],
    "resolved": ["open"],
}
_pairs = ", ".join(f"'{here}>{there}'" for here, targets in ARROWS.items() for there in targets)

REFUSE = f"""
CREATE FUNCTION moderation_refuse_arrow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state) = ANY (ARRAY[{_pairs}]) THEN
        RAISE EXCEPTION 'a case does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moderation_arrows BEFORE UPDATE OF state ON moderation_case
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_arrow();

CREATE FUNCTION moderation_refuse_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.digest <> OLD.digest OR NEW.text_digest <> OLD.text_digest OR NEW.case_id <> OLD.case_id
        OR (NEW.ciphertext <> OLD.ciphertext AND length(NEW.ciphertext) > 0) THEN
        RAISE EXCEPTION 'evidence is kept as it was taken' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moderation_evidence_kept BEFORE UPDATE ON moderation_evidence
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_evidence();
"""
ALLOW = """
DROP TRIGGER moderation_arrows ON moderation_case; DROP FUNCTION moderation_refuse_arrow();
DROP TRIGGER moderation_evidence_kept ON moderation_evidence; DROP FUNCTION moderation_refuse_evidence();
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
