using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace SplitSqlite;

/// <summary>Creates the provider's objects for code that knows only <see cref="DbProviderFactory"/>.</summary>
/// <remarks>
/// To make it known by name: <c>DbProviderFactories.RegisterFactory(SplitSqliteFactory.InvariantName, SplitSqliteFactory.Instance)</c>.
/// </remarks>
public sealed class SplitSqliteFactory : DbProviderFactory
{
    /// <summary>The invariant name of the provider: <c>SplitSqlite</c>.</summary>
    public const string InvariantName = "SplitSqlite";

    /// <summary>The one instance; <see cref="DbProviderFactories"/> looks for a field of this name.</summary>
    public static readonly SplitSqliteFactory Instance = new();

    private SplitSqliteFactory()
    {
    }

    /// <summary>Gets <see langword="true"/>: there are batches.</summary>
    public override bool CanCreateBatch => true;

    /// <summary>Creates a batch of type <see cref="SplitSqliteBatch"/>.</summary>
    public override DbBatch CreateBatch() => new SplitSqliteBatch();

    /// <summary>Creates a command of a batch, of type <see cref="SplitSqliteBatchCommand"/>.</summary>
    public override DbBatchCommand CreateBatchCommand() => new SplitSqliteBatchCommand();

    /// <summary>Creates a command of type <see cref="SplitSqliteCommand"/>.</summary>
    public override DbCommand CreateCommand() => new SplitSqliteCommand();

    /// <summary>Creates a connection of type <see cref="SplitSqliteConnection"/>.</summary>
    public override DbConnection CreateConnection() => new SplitSqliteConnection();

    /// <summary>Creates a builder of type <see cref="SplitSqliteConnectionStringBuilder"/>.</summary>
    public override DbConnectionStringBuilder CreateConnectionStringBuilder() => new SplitSqliteConnectionStringBuilder();

    /// <summary>Creates a parameter, which is Microsoft.Data.Sqlite's own <see cref="SqliteParameter"/>.</summary>
    public override DbParameter CreateParameter() => new SqliteParameter();

    /// <summary>Creates a data source of type <see cref="SplitSqliteDataSource"/>.</summary>
    /// <param name="connectionString">The connection string.</param>
    /// <exception cref="ArgumentException">The connection string has an unknown keyword or a value that does not fit.</exception>
    public override DbDataSource CreateDataSource(string connectionString) => SplitSqliteDataSource.Create(connectionString);
}
