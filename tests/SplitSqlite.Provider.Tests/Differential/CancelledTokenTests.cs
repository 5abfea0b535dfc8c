namespace SplitSqlite.Tests.Differential;

/// <summary>A token that is cancelled before the call is the one case of cancellation that both providers know: each call answers it in the same way.</summary>
public sealed class CancelledTokenTests
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    [Fact]
    public void Open_with_a_cancelled_token_throws_the_same() => Script.Same(Script.Basic, side =>
    {
        side.Try("open", () => Wait(side.Connection.OpenAsync(Cancelled)));
        side.Log($"{side.Connection.State}");
        side.Open();
        side.Try("open again", () => Wait(side.Connection.OpenAsync(Cancelled)));
        side.Log($"{side.Connection.State}");
    });

    [Fact]
    public void Commands_with_a_cancelled_token_throw_the_same_and_do_nothing() => Script.Same(Script.Basic, side =>
    {
        side.Open();
        using var write = side.Command("INSERT INTO audit(what) VALUES ('x')");
        side.Try("non-query", () => Wait(write.ExecuteNonQueryAsync(Cancelled)));
        side.Try("scalar", () => Wait(write.ExecuteScalarAsync(Cancelled)));
        side.Try("reader", () => Wait(write.ExecuteReaderAsync(Cancelled)));
        using var read = side.Command("SELECT count(*) FROM audit");
        side.Try("reading non-query", () => Wait(read.ExecuteNonQueryAsync(Cancelled)));
        side.Try("reading scalar", () => Wait(read.ExecuteScalarAsync(Cancelled)));
        side.Try("reading reader", () => Wait(read.ExecuteReaderAsync(Cancelled)));
        side.Execute(Way.Scalar, read);
    });

    [Fact]
    public void Reader_with_a_cancelled_token_throws_the_same() => Script.Same(Script.Basic, side =>
    {
        side.Open();
        using var command = side.Command("SELECT id, name FROM person; SELECT 1");
        using var reader = command.ExecuteReader();
        side.Try("read", () => Wait(reader.ReadAsync(Cancelled)));
        side.Next(reader);
        side.Try("is null", () => Wait(reader.IsDBNullAsync(0, Cancelled)));
        side.Try("value", () => Wait(reader.GetFieldValueAsync<long>(0, Cancelled)));
        side.Try("next result", () => Wait(reader.NextResultAsync(Cancelled)));
        side.Next(reader);
    });

    [Fact]
    public void Transaction_with_a_cancelled_token_throws_the_same() => Script.Same(Script.Basic, side =>
    {
        side.Open();
        side.Try("begin", () => Wait(side.Connection.BeginTransactionAsync(Cancelled).AsTask()));
        using var transaction = side.Connection.BeginTransaction();
        side.NonQuery("INSERT INTO audit(what) VALUES ('x')");
        side.Try("save", () => Wait(transaction.SaveAsync("s", Cancelled)));
        side.Try("release", () => Wait(transaction.ReleaseAsync("s", Cancelled)));
        side.Try("back", () => Wait(transaction.RollbackAsync("s", Cancelled)));
        side.Try("commit", () => Wait(transaction.CommitAsync(Cancelled)));
        side.Try("roll back", () => Wait(transaction.RollbackAsync(Cancelled)));
        side.Do("commit", transaction.Commit);
    });

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static bool Wait(Task task)
    {
        task.GetAwaiter().GetResult();
        return true;
    }
}
