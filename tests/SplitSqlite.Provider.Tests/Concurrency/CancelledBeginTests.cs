namespace SplitSqlite.Tests.Concurrency;

/// <summary>Whoever cancels a wait finds his own token in the exception, also where a data source may end the wait too.</summary>
public sealed class CancelledBeginTests
{
    [Fact]
    public async Task Begin_that_is_cancelled_while_it_waits_tells_its_callers_token()
    {
        using var file = new TestFile("Default Timeout=120").With("CREATE TABLE t(a)");
        await using var source = SplitSqliteDataSource.Create(file.ConnectionString());
        using var holder = file.Open(source);
        using var transaction = holder.BeginTransaction();
        using var waiter = file.Open(source);
        using var cancel = new CancellationTokenSource();
        var waiting = waiter.BeginTransactionAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(cancel.Token, error.CancellationToken);
    }
}
