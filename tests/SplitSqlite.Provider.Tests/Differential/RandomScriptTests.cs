using System.Data.Common;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Differential;

/// <summary>Random scripts through one session: the logs and the files are the same. The seed is printed; SPLITSQLITE_SEED runs it again.</summary>
public sealed class RandomScriptTests
{
    private const int Scripts = 200;

    [Fact]
    public void Random_scripts_log_the_same_and_leave_the_same()
    {
        var run = new StressRun(nameof(Random_scripts_log_the_same_and_leave_the_same));
        for (var i = 0; i < Scripts; i++)
        {
            var seed = run.Seed + i;
            try
            {
                Script.Same(new ScriptGenerator(seed).Schema(), side => Steps(seed, side));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Script {i} differs; SPLITSQLITE_SEED={seed} begins with it.\n{exception.Message}", exception);
            }
        }
    }

    private static void Steps(int seed, Side side)
    {
        var random = new ScriptGenerator(seed);
        _ = random.Schema();
        side.Open();
        DbTransaction? transaction = null;
        for (var step = 0; step < 25; step++)
        {
            switch (random.Next(20))
            {
                case 0 when transaction is null:
                    transaction = side.Try("Begin", side.Connection.BeginTransaction);
                    break;
                case 1 or 2 when transaction is not null:
                    var end = random.Next(2) == 0 ? "commit" : "rollback";
                    TransactionTests.End(side, transaction, end);

                    // A commit that fails leaves it open on both sides; a transaction that is over can't be ended again.
                    if (transaction.Connection is null)
                    {
                        transaction = null;
                    }

                    break;
                case 3 when transaction is not null:
                    side.Do("Save", () => transaction.Save("api"));
                    break;
                case 4:
                    side.Values();
                    break;
                case 5 when transaction is null:
                    side.Do("Close", side.Connection.Close);
                    side.Open();
                    break;
                default:
                    // Where the rest of a batch is only drained, the plain provider swallows errors: read to the end.
                    var way = random.Way();
                    var text = random.Command();
                    if (transaction is not null && (text.StartsWith("COMMIT", StringComparison.Ordinal) || text == "END"))
                    {
                        // TransactionTests tells what differs from there on.
                        break;
                    }

                    if (text.Contains(';', StringComparison.Ordinal) || text.Contains("RETURNING", StringComparison.Ordinal))
                    {
                        way = (int)way % 2 == 0 ? Way.Reader : Way.ReaderAsync;
                    }

                    side.Execute(way, text);
                    break;
            }
        }

        side.Values();
    }
}
