"""The schema of the functions at the edge, owned by the owner."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SCHEMA mingpu; GRANT USAGE, CREATE ON SCHEMA mingpu TO mingpu_lookup;",
            "DROP SCHEMA mingpu CASCADE;",
        ),
        # The access log is stamped by the database; its id is drawn there too.
        migrations.RunSQL("ALTER TABLE privacy_accesslog ALTER COLUMN at SET DEFAULT now()", migrations.RunSQL.noop),
    ]
