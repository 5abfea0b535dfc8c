namespace SplitSqlite.Tests.Differential;

/// <summary>PRAGMAs: those that are run, those that are only remembered, and their read-back.</summary>
public sealed class PragmaTests
{
    /// <summary>One script a row, its commands divided by bars. <c>synchronous</c> is set by the harness and has tests of its own.</summary>
    public static TheoryData<string> Scripts => new(
        "PRAGMA cache_size=-20000; PRAGMA locking_mode=NORMAL; PRAGMA journal_size_limit=67108864; PRAGMA temp_store=2;|PRAGMA cache_size|PRAGMA locking_mode|PRAGMA journal_size_limit|PRAGMA temp_store",
        "PRAGMA cache_size=100|PRAGMA cache_size|PRAGMA main.cache_size|PRAGMA cache_size=-5|PRAGMA cache_size|PRAGMA cache_size('12')|PRAGMA cache_size|PRAGMA cache_size=text|PRAGMA cache_size",
        "PRAGMA mmap_size|PRAGMA mmap_size=1048576|PRAGMA mmap_size|PRAGMA mmap_size=0|PRAGMA mmap_size",
        "PRAGMA temp_store|PRAGMA temp_store=MEMORY|PRAGMA temp_store|PRAGMA temp_store=FILE|PRAGMA temp_store|PRAGMA temp_store=9|PRAGMA temp_store",
        "PRAGMA busy_timeout|PRAGMA busy_timeout=1500|PRAGMA busy_timeout|PRAGMA busy_timeout=-1|PRAGMA busy_timeout",
        "PRAGMA journal_size_limit|PRAGMA journal_size_limit=1000|PRAGMA journal_size_limit|PRAGMA journal_size_limit=-7|PRAGMA journal_size_limit",
        "PRAGMA threads|PRAGMA threads=4|PRAGMA threads", "PRAGMA analysis_limit|PRAGMA analysis_limit=400|PRAGMA analysis_limit",
        "PRAGMA wal_autocheckpoint|PRAGMA wal_autocheckpoint=500|PRAGMA wal_autocheckpoint|PRAGMA wal_autocheckpoint=0|PRAGMA wal_autocheckpoint",
        "PRAGMA locking_mode|PRAGMA locking_mode=normal|PRAGMA locking_mode", "PRAGMA cache_spill|PRAGMA cache_spill=0|PRAGMA cache_spill", "PRAGMA read_uncommitted|PRAGMA read_uncommitted=1|PRAGMA read_uncommitted",
        "PRAGMA journal_mode|PRAGMA main.journal_mode",
        "PRAGMA foreign_keys|PRAGMA foreign_keys=1|PRAGMA foreign_keys|PRAGMA foreign_keys=ON|PRAGMA foreign_keys=0|PRAGMA foreign_keys|INSERT INTO child VALUES (1, 99)|PRAGMA foreign_keys=1|INSERT INTO child VALUES (2, 99)|PRAGMA foreign_keys",
        "PRAGMA foreign_keys=off;INSERT INTO child VALUES (1, 99);PRAGMA foreign_keys=on|INSERT INTO child VALUES (2, 99)",
        "PRAGMA recursive_triggers|PRAGMA recursive_triggers=1|PRAGMA recursive_triggers|PRAGMA recursive_triggers=0", "PRAGMA query_only|PRAGMA query_only=0|PRAGMA query_only",
        "PRAGMA query_only=1|PRAGMA query_only|INSERT INTO bag VALUES (1, 1)|SELECT count(*) FROM bag|PRAGMA query_only=0|INSERT INTO bag VALUES (1, 1)|SELECT count(*) FROM bag",
        "PRAGMA defer_foreign_keys|PRAGMA defer_foreign_keys=1|PRAGMA defer_foreign_keys|BEGIN|PRAGMA defer_foreign_keys=1|PRAGMA defer_foreign_keys|INSERT INTO child VALUES (1, 99)|COMMIT|ROLLBACK|PRAGMA defer_foreign_keys",
        "PRAGMA ignore_check_constraints=1|INSERT INTO item(k, n) VALUES (99, -1)|PRAGMA ignore_check_constraints|PRAGMA ignore_check_constraints=0|INSERT INTO item(k, n) VALUES (98, -1)",
        "PRAGMA reverse_unordered_selects=1|SELECT id FROM person|PRAGMA reverse_unordered_selects", "PRAGMA case_sensitive_like=1|SELECT 'a' LIKE 'A'|PRAGMA case_sensitive_like=0|SELECT 'a' LIKE 'A'",
        "PRAGMA secure_delete|PRAGMA secure_delete=1|PRAGMA secure_delete", "PRAGMA automatic_index|PRAGMA automatic_index=0|PRAGMA automatic_index", "PRAGMA trusted_schema|PRAGMA trusted_schema=0|PRAGMA trusted_schema",
        "PRAGMA max_page_count|PRAGMA max_page_count=1000000|PRAGMA max_page_count", "PRAGMA writable_schema|PRAGMA writable_schema=0|PRAGMA writable_schema",
        "PRAGMA user_version|PRAGMA user_version=42|PRAGMA user_version|PRAGMA main.user_version|PRAGMA user_version=-1|PRAGMA user_version|SELECT user_version FROM pragma_user_version",
        "PRAGMA application_id|PRAGMA application_id=7|PRAGMA application_id", "PRAGMA encoding|PRAGMA encoding='UTF-16'|PRAGMA encoding", "PRAGMA page_size|PRAGMA page_size=8192|PRAGMA page_size",
        "PRAGMA auto_vacuum|PRAGMA auto_vacuum=1|PRAGMA auto_vacuum", "PRAGMA page_count|PRAGMA freelist_count|DROP TABLE bag|PRAGMA freelist_count|PRAGMA incremental_vacuum(1)|PRAGMA page_count",
        "PRAGMA table_info(person)|PRAGMA table_xinfo('person')|PRAGMA table_info=person|PRAGMA main.table_info(person)|PRAGMA table_info(nothing)|PRAGMA table_info",
        "PRAGMA index_list(item)|PRAGMA index_info(sqlite_autoindex_item_1)|PRAGMA index_xinfo(sqlite_autoindex_item_1)|PRAGMA foreign_key_list(item)|PRAGMA foreign_key_check|PRAGMA foreign_key_check(item)",
        "PRAGMA table_list(person)|PRAGMA collation_list|PRAGMA integrity_check|PRAGMA quick_check|PRAGMA integrity_check(1)|PRAGMA integrity_check(person)",
        "PRAGMA nothing|PRAGMA nothing=1|PRAGMA nothing(1)|PRAGMA|PRAGMA 1|PRAGMA cache_size=|PRAGMA cache_size(|PRAGMA nowhere.cache_size|PRAGMA nowhere.cache_size=1|SELECT 1",
        "PRAGMA schema_version|CREATE TABLE n(a)|PRAGMA schema_version", "PRAGMA optimize|PRAGMA optimize(0x10002)", "PRAGMA shrink_memory|PRAGMA legacy_file_format", "PRAGMA hard_heap_limit|PRAGMA soft_heap_limit",
        "PRAGMA cache_size=50; SELECT 1; PRAGMA cache_size; SELECT 2", "SELECT 1; PRAGMA user_version=3; SELECT 2; PRAGMA user_version", "BEGIN; PRAGMA cache_size=50; PRAGMA cache_size; COMMIT|PRAGMA cache_size",
        "EXPLAIN PRAGMA user_version=5|PRAGMA user_version", "SELECT * FROM pragma_table_info('person') WHERE pk|SELECT name FROM pragma_index_list('item')", "PRAGMA temp.table_list|PRAGMA temp.user_version",
        "PRAGMA database_list", "PRAGMA data_version|INSERT INTO bag VALUES (1, 1)|PRAGMA data_version", "PRAGMA empty_result_callbacks|PRAGMA full_column_names|PRAGMA short_column_names|PRAGMA count_changes");

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Pragmas_answer_the_same(string commands)
    {
        foreach (var way in (Way[])[Way.Reader, Way.Scalar, Way.NonQuery])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                foreach (var text in commands.Split('|'))
                {
                    side.Execute(way, text);
                }

                side.Values();
            });
        }
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Pragmas_answer_the_same_inside_a_transaction(string commands)
        => Script.Same(Script.Basic, side =>
        {
            side.Open();
            var transaction = side.Connection.BeginTransaction();
            side.NonQuery("UPDATE person SET age = 1 WHERE id = 1");
            foreach (var text in commands.Split('|'))
            {
                if (!text.StartsWith("BEGIN", StringComparison.Ordinal) && text is not ("COMMIT" or "ROLLBACK"))
                {
                    side.Read(text);
                }
            }

            side.Do("Commit", transaction.Commit);
            side.Values();
        });

    [Theory]
    [InlineData("PRAGMA journal_mode=WAL")]
    [InlineData("PRAGMA journal_mode='wal'")]
    public void Journal_mode_answers_the_same_but_counts_no_changes_again(string text)
        => Script.Differs(
            Script.Basic,
            side =>
            {
                side.Open();
                side.NonQuery("UPDATE person SET age = 1");
                side.Scalar(text);
                side.Read(text);
            },
            ("  ended: affected 3, rows True", "  ended: affected -1, rows True"),
            ("  closed: True, affected 3, rows false, fields !InvalidOperationException", "  closed: True, affected -1, rows false, fields !InvalidOperationException"));

    [Fact]
    public void Synchronous_is_answered_as_set()
    {
        foreach (var level in (string[])["0", "OFF", "1", "NORMAL", "2", "FULL", "3", "EXTRA", "'full'"])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                side.Read("PRAGMA synchronous");
                side.Read($"PRAGMA synchronous={level}");
                side.Read("PRAGMA synchronous");
                side.NonQuery("INSERT INTO bag VALUES (1, 1)");
                side.Read("PRAGMA synchronous=1; SELECT 5");
                side.Read("PRAGMA main.synchronous");
                side.Values();
            });
        }
    }

    [Fact]
    public void Tuning_batch_that_jellyfin_sends_on_each_open_answers_and_reads_back_the_same()
        => Script.Same(Script.Basic, side =>
        {
            for (var i = 0; i < 3; i++)
            {
                side.Open();
                foreach (var way in Enum.GetValues<Way>())
                {
                    side.Execute(way, "PRAGMA cache_size=-20000;\nPRAGMA locking_mode=NORMAL;\nPRAGMA journal_size_limit=134217728;\nPRAGMA synchronous=1;\nPRAGMA temp_store=2;\n");
                }

                foreach (var name in (string[])["cache_size", "locking_mode", "journal_size_limit", "synchronous", "temp_store", "foreign_keys"])
                {
                    side.Read("PRAGMA " + name);
                }

                side.NonQuery("INSERT INTO bag VALUES (1, 1)");
                side.Values();
                side.Connection.Close();
            }
        });

    [Fact]
    public void Checkpoint_answers_with_the_same_columns()
    {
        foreach (var text in (string[])["PRAGMA wal_checkpoint", "PRAGMA wal_checkpoint(PASSIVE)", "PRAGMA wal_checkpoint(FULL)", "PRAGMA wal_checkpoint(RESTART)", "PRAGMA wal_checkpoint(TRUNCATE)"])
        {
            Script.Same(Script.Basic, side =>
            {
                side.Open();
                side.NonQuery("INSERT INTO bag VALUES (1, 1)");
                using var command = side.Command(text);
                using var reader = command.ExecuteReader();
                side.Describe(reader);
                side.Try("Read", reader.Read);
                side.Try("busy", () => reader.GetValue(0));
                side.Try("Read", reader.Read);
                side.Close(reader);
            });
        }
    }

    [Fact]
    public void Exclusive_locking_is_refused_by_name()
    {
        var split = Script.Run(isSplit: true, Script.Basic, side =>
        {
            side.Open();
            side.NonQuery("PRAGMA locking_mode=EXCLUSIVE");
            side.Read("PRAGMA locking_mode");
            side.NonQuery("INSERT INTO bag VALUES (1, 1)");
        });
        Assert.Contains("NonQuery PRAGMA locking_mode=EXCLUSIVE => !NotSupportedException", split);
        Assert.Contains("NonQuery INSERT INTO bag VALUES (1, 1) => 1", split);
    }
}
