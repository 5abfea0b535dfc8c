using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Infrastructure.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace SplitSqlite.EFCore.Infrastructure.Internal;

/// <summary>
/// What <c>UseSplitSqlite</c> adds beside the extension of EF Core's SQLite provider. That one stays the provider, so that its name, its SQL, its
/// migrations and all that looks for it stay as they are; this one only replaces the services that open connections.
/// </summary>
/// <remarks>
/// The last call wins: a later <c>UseSqlite</c> changes the provider's extension and knows nothing of this one. So this one remembers the very string
/// <em>object</em> that it put there, which survives the clones that other options make, and steps aside when it finds anything else (<see cref="FindActive"/>).
/// </remarks>
public sealed class SplitSqliteOptionsExtension : IDbContextOptionsExtension
{
    private DbContextOptionsExtensionInfo? _info;

    /// <summary>Makes one that names no database.</summary>
    public SplitSqliteOptionsExtension()
    {
    }

    private SplitSqliteOptionsExtension(SplitSqliteOptionsExtension copyFrom)
    {
        ConnectionString = copyFrom.ConnectionString;
        ProviderConnectionString = copyFrom.ProviderConnectionString;
        Connection = copyFrom.Connection;
        IsConnectionOwned = copyFrom.IsConnectionOwned;
        DataSource = copyFrom.DataSource;
        Initializer = copyFrom.Initializer;
    }

    /// <summary>Gets the connection string as the user wrote it, or <see langword="null"/>.</summary>
    public string? ConnectionString { get; private init; }

    /// <summary>Gets what the provider's extension is given in its place: the part that Microsoft.Data.Sqlite understands, in a string object of its own.</summary>
    public string? ProviderConnectionString { get; private init; }

    /// <summary>Gets the connection that the user gave, or <see langword="null"/>. The provider's extension never sees it: it would load functions into it that make it private.</summary>
    public DbConnection? Connection { get; private init; }

    /// <summary>Gets whether the context disposes <see cref="Connection"/>.</summary>
    public bool IsConnectionOwned { get; private init; }

    /// <summary>Gets the data source that the user gave, or <see langword="null"/>.</summary>
    public SplitSqliteDataSource? DataSource { get; private init; }

    /// <summary>Gets what the user wants done to each physical connection once, after EF Core's own functions, or <see langword="null"/>.</summary>
    public Action<SqliteConnection>? Initializer { get; private init; }

    /// <inheritdoc/>
    public DbContextOptionsExtensionInfo Info => _info ??= new ExtensionInfo(this);

    /// <summary>Gets the extension of a context's options, if they are for SplitSqlite: if nobody has called <c>UseSqlite</c> after <c>UseSplitSqlite</c>.</summary>
    /// <param name="options">The options.</param>
    public static SplitSqliteOptionsExtension? FindActive(IDbContextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.FindExtension<SplitSqliteOptionsExtension>() is { } extension
            && options.FindExtension<SqliteOptionsExtension>() is { Connection: null } provider
            && ReferenceEquals(provider.ConnectionString, extension.ProviderConnectionString)
                ? extension
                : null;
    }

    /// <summary>Gets a copy that opens a connection string.</summary>
    /// <param name="connectionString">The connection string; <see langword="null"/> for one that is set later.</param>
    /// <exception cref="ArgumentException">It has an unknown keyword or a value that does not fit.</exception>
    public SplitSqliteOptionsExtension WithConnectionString(string? connectionString)
        => new(this)
        {
            ConnectionString = connectionString,
            ProviderConnectionString = ProviderConnectionStrings.Get(connectionString),
            Connection = null,
            IsConnectionOwned = false,
            DataSource = null,
        };

    /// <summary>Gets a copy that uses a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="owned">Whether the context disposes it.</param>
    public SplitSqliteOptionsExtension WithConnection(DbConnection connection, bool owned)
        => new(this)
        {
            ConnectionString = null,
            ProviderConnectionString = null,
            Connection = connection,
            IsConnectionOwned = owned,
            DataSource = null,
        };

    /// <summary>Gets a copy that takes its connections from a data source.</summary>
    /// <param name="dataSource">The data source.</param>
    public SplitSqliteOptionsExtension WithDataSource(SplitSqliteDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return new(this)
        {
            ConnectionString = dataSource.ConnectionString,
            ProviderConnectionString = ProviderConnectionStrings.Get(dataSource.ConnectionString),
            Connection = null,
            IsConnectionOwned = false,
            DataSource = dataSource,
        };
    }

    /// <summary>Gets a copy with one more thing to do to each physical connection. What is there already is not added again: options may be configured twice.</summary>
    /// <param name="initializer">What to do.</param>
    public SplitSqliteOptionsExtension WithInitializer(Action<SqliteConnection> initializer)
    {
        var all = Initializer;
        foreach (var part in Delegate.EnumerateInvocationList(initializer))
        {
            all = all?.GetInvocationList().Contains(part) == true ? all : all + part;
        }

        return new(this) { Initializer = all };
    }

    /// <inheritdoc/>
    public void ApplyServices(IServiceCollection services) => SplitSqliteServices.Replace(services);

    /// <inheritdoc/>
    public void Validate(IDbContextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindExtension<CoreOptionsExtension>()?.InternalServiceProvider is { } services && !SplitSqliteServices.AreIn(services))
        {
            throw new InvalidOperationException(
                "UseSplitSqlite was called together with UseInternalServiceProvider, but the service provider lacks SplitSqlite's services. Add them by AddEntityFrameworkSplitSqlite() in the place of AddEntityFrameworkSqlite().");
        }
    }

    private sealed class ExtensionInfo(SplitSqliteOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => string.Empty;

        // Nothing of what a user sets changes the services: all of them read the options of their own context.
        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["SplitSqlite"] = "1";
    }
}
