using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Infrastructure.Internal;
using SplitSqlite;
using SplitSqlite.EFCore.Infrastructure.Internal;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Configures contexts for SplitSqlite, in the place of <c>UseSqlite</c>.</summary>
/// <remarks>
/// EF Core's SQLite provider stays the provider: <c>Database.ProviderName</c>, <c>Database.IsSqlite()</c>, the SQL, migrations and their snapshots are the same.
/// The last call wins: a <c>UseSqlite</c> after <c>UseSplitSqlite</c> on the same options takes them back to plain SQLite.
/// </remarks>
public static class SplitSqliteDbContextOptionsBuilderExtensions
{
    /// <summary>
    /// Uses SplitSqlite for a database that is set later (<c>Database.SetConnectionString</c>, <c>Database.SetDbConnection</c>), or for the one that an earlier
    /// <c>UseSqlite</c> or <c>UseSplitSqlite</c> has set.
    /// </summary>
    /// <param name="optionsBuilder">The options.</param>
    /// <param name="splitSqliteOptionsAction">Further options.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">An earlier <c>UseSqlite</c> has set a <see cref="SqliteConnection"/>.</exception>
    public static DbContextOptionsBuilder UseSplitSqlite(
        this DbContextOptionsBuilder optionsBuilder,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        var extension = Current(optionsBuilder);
        if (SplitSqliteOptionsExtension.FindActive(optionsBuilder.Options) is null)
        {
            var provider = optionsBuilder.Options.FindExtension<SqliteOptionsExtension>();
            extension = provider?.Connection is { } connection
                ? extension.WithConnection(Checked(connection), provider.IsConnectionOwned)
                : extension.WithConnectionString(provider?.ConnectionString);
        }

        return Use(optionsBuilder, extension, splitSqliteOptionsAction);
    }

    /// <summary>Uses SplitSqlite by a connection string.</summary>
    /// <param name="optionsBuilder">The options.</param>
    /// <param name="connectionString">The connection string, with Microsoft.Data.Sqlite's keywords and those of SplitSqlite; or <c>Name=…</c> for an entry of the application's configuration.</param>
    /// <param name="splitSqliteOptionsAction">Further options.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">The connection string has an unknown keyword or a value that does not fit.</exception>
    public static DbContextOptionsBuilder UseSplitSqlite(
        this DbContextOptionsBuilder optionsBuilder,
        string? connectionString,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        return Use(optionsBuilder, Current(optionsBuilder).WithConnectionString(connectionString), splitSqliteOptionsAction);
    }

    /// <summary>Uses SplitSqlite by a connection, which the application disposes.</summary>
    /// <param name="optionsBuilder">The options.</param>
    /// <param name="connection">A <see cref="SplitSqliteConnection"/>. If it is open, EF Core leaves it open; else it opens and closes it as needed.</param>
    /// <param name="splitSqliteOptionsAction">Further options.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">It is a <see cref="SqliteConnection"/>.</exception>
    public static DbContextOptionsBuilder UseSplitSqlite(
        this DbContextOptionsBuilder optionsBuilder,
        DbConnection connection,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
        => UseSplitSqlite(optionsBuilder, connection, contextOwnsConnection: false, splitSqliteOptionsAction);

    /// <summary>Uses SplitSqlite by a connection.</summary>
    /// <param name="optionsBuilder">The options.</param>
    /// <param name="connection">A <see cref="SplitSqliteConnection"/>. If it is open, EF Core leaves it open; else it opens and closes it as needed.</param>
    /// <param name="contextOwnsConnection">Whether the context disposes the connection.</param>
    /// <param name="splitSqliteOptionsAction">Further options.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">It is a <see cref="SqliteConnection"/>.</exception>
    public static DbContextOptionsBuilder UseSplitSqlite(
        this DbContextOptionsBuilder optionsBuilder,
        DbConnection connection,
        bool contextOwnsConnection,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        ArgumentNullException.ThrowIfNull(connection);
        return Use(optionsBuilder, Current(optionsBuilder).WithConnection(Checked(connection), contextOwnsConnection), splitSqliteOptionsAction);
    }

    /// <summary>Uses SplitSqlite by a data source, which the application disposes when no context is left.</summary>
    /// <param name="optionsBuilder">The options.</param>
    /// <param name="dataSource">A <see cref="SplitSqliteDataSource"/>.</param>
    /// <param name="splitSqliteOptionsAction">Further options.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">It is another provider's data source.</exception>
    public static DbContextOptionsBuilder UseSplitSqlite(
        this DbContextOptionsBuilder optionsBuilder,
        DbDataSource dataSource,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        ArgumentNullException.ThrowIfNull(dataSource);
        if (dataSource is not SplitSqliteDataSource splitSqlite)
        {
            throw new ArgumentException(
                $"UseSplitSqlite needs a SplitSqliteDataSource, and this is a {dataSource.GetType().Name}. Make it by SplitSqliteDataSource.Create(\"…\") or a SplitSqliteDataSourceBuilder.",
                nameof(dataSource));
        }

        return Use(optionsBuilder, Current(optionsBuilder).WithDataSource(splitSqlite), splitSqliteOptionsAction);
    }

    /// <inheritdoc cref="UseSplitSqlite(DbContextOptionsBuilder, Action{SplitSqliteDbContextOptionsBuilder})"/>
    /// <typeparam name="TContext">The context's type.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseSplitSqlite<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseSplitSqlite((DbContextOptionsBuilder)optionsBuilder, splitSqliteOptionsAction);

    /// <inheritdoc cref="UseSplitSqlite(DbContextOptionsBuilder, string, Action{SplitSqliteDbContextOptionsBuilder})"/>
    /// <typeparam name="TContext">The context's type.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseSplitSqlite<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder,
        string? connectionString,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseSplitSqlite((DbContextOptionsBuilder)optionsBuilder, connectionString, splitSqliteOptionsAction);

    /// <inheritdoc cref="UseSplitSqlite(DbContextOptionsBuilder, DbConnection, Action{SplitSqliteDbContextOptionsBuilder})"/>
    /// <typeparam name="TContext">The context's type.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseSplitSqlite<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder,
        DbConnection connection,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseSplitSqlite((DbContextOptionsBuilder)optionsBuilder, connection, splitSqliteOptionsAction);

    /// <inheritdoc cref="UseSplitSqlite(DbContextOptionsBuilder, DbConnection, bool, Action{SplitSqliteDbContextOptionsBuilder})"/>
    /// <typeparam name="TContext">The context's type.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseSplitSqlite<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder,
        DbConnection connection,
        bool contextOwnsConnection,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseSplitSqlite((DbContextOptionsBuilder)optionsBuilder, connection, contextOwnsConnection, splitSqliteOptionsAction);

    /// <inheritdoc cref="UseSplitSqlite(DbContextOptionsBuilder, DbDataSource, Action{SplitSqliteDbContextOptionsBuilder})"/>
    /// <typeparam name="TContext">The context's type.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseSplitSqlite<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder,
        DbDataSource dataSource,
        Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseSplitSqlite((DbContextOptionsBuilder)optionsBuilder, dataSource, splitSqliteOptionsAction);

    private static SplitSqliteOptionsExtension Current(DbContextOptionsBuilder optionsBuilder)
        => optionsBuilder.Options.FindExtension<SplitSqliteOptionsExtension>() ?? new SplitSqliteOptionsExtension();

    private static DbConnection Checked(DbConnection connection)
    {
        ConnectionChecks.RefusePlain(connection);
        return connection;
    }

    private static DbContextOptionsBuilder Use(
        DbContextOptionsBuilder optionsBuilder, SplitSqliteOptionsExtension extension, Action<SplitSqliteDbContextOptionsBuilder>? splitSqliteOptionsAction)
    {
        // The real call, for all else that it configures; then exactly our string and no connection, whatever an earlier call has left.
        optionsBuilder.UseSqlite();
        var provider = optionsBuilder.Options.FindExtension<SqliteOptionsExtension>()!.WithConnection(null).WithConnectionString(extension.ProviderConnectionString);
        var infrastructure = (IDbContextOptionsBuilderInfrastructure)optionsBuilder;
        infrastructure.AddOrUpdateExtension((SqliteOptionsExtension)provider);
        infrastructure.AddOrUpdateExtension(extension);
        splitSqliteOptionsAction?.Invoke(new SplitSqliteDbContextOptionsBuilder(optionsBuilder));
        return optionsBuilder;
    }
}
