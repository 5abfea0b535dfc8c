using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Sqlite.Infrastructure.Internal;
using Microsoft.EntityFrameworkCore.Sqlite.Storage.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SplitSqlite.EFCore.Infrastructure.Internal;

namespace SplitSqlite.EFCore.Storage.Internal;

/// <summary>
/// The connection of a context: EF Core's own over a <see cref="SplitSqliteConnection"/>. For options that a later <c>UseSqlite</c> has taken over it is EF Core's own and
/// nothing else.
/// </summary>
public class SplitSqliteRelationalConnection : SqliteRelationalConnection
{
    private readonly IRawSqlCommandBuilder _rawSqlCommandBuilder;
    private readonly IDiagnosticsLogger<DbLoggerCategory.Infrastructure> _logger;
    private readonly SplitSqliteOptionsExtension? _options;

    /// <summary>Makes the connection of a context.</summary>
    /// <param name="dependencies">What EF Core's own needs.</param>
    /// <param name="rawSqlCommandBuilder">What EF Core's own needs.</param>
    /// <param name="logger">What EF Core's own needs.</param>
    public SplitSqliteRelationalConnection(
        RelationalConnectionDependencies dependencies,
        IRawSqlCommandBuilder rawSqlCommandBuilder,
        IDiagnosticsLogger<DbLoggerCategory.Infrastructure> logger)
        : base(dependencies, rawSqlCommandBuilder, logger)
    {
        ArgumentNullException.ThrowIfNull(dependencies);
        _rawSqlCommandBuilder = rawSqlCommandBuilder;
        _logger = logger;
        _options = SplitSqliteOptionsExtension.FindActive(dependencies.ContextOptions);
        if (_options?.Connection is { } connection)
        {
            base.SetDbConnection(connection, _options.IsConnectionOwned);
            Prepare(connection);
        }
        else if (!string.IsNullOrWhiteSpace(_options?.ConnectionString) && !ProviderConnectionStrings.IsName(_options.ConnectionString))
        {
            // What the user wrote, with our keywords; the provider's extension has the rest only.
            base.ConnectionString = _options.ConnectionString;
        }
    }

    /// <summary>Gets whether connections are <see cref="SplitSqliteConnection"/>s, and not a later <c>UseSqlite</c>'s.</summary>
    public virtual bool IsSplit => _options is not null;

    /// <inheritdoc/>
    public override void SetDbConnection(DbConnection? value, bool contextOwnsConnection)
    {
        if (IsSplit && value is not null)
        {
            ConnectionChecks.RefusePlain(value);
        }

        base.SetDbConnection(value, contextOwnsConnection);
        if (IsSplit && value is not null)
        {
            Prepare(value);
        }
    }

    /// <inheritdoc/>
    public override ISqliteRelationalConnection CreateReadOnlyConnection()
    {
        if (!IsSplit)
        {
            return base.CreateReadOnlyConnection();
        }

        // Only ever asks whether the file can be opened, so a plain connection does, without a pool that would keep the file open.
        var connectionString = ProviderConnectionStrings.PlainPart(new SplitSqliteConnectionStringBuilder(GetValidatedConnectionString()));
        connectionString.Mode = SqliteOpenMode.ReadOnly;
        connectionString.Pooling = false;
        var options = new DbContextOptionsBuilder().UseSqlite(connectionString.ConnectionString).Options;
        return new SqliteRelationalConnection(Dependencies with { ContextOptions = options }, _rawSqlCommandBuilder, _logger);
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection()
    {
        if (_options is null)
        {
            return base.CreateDbConnection();
        }

        var connectionString = GetValidatedConnectionString();
        SplitSqliteConnection connection;
        if (_options.DataSource is { } dataSource && ReferenceEquals(connectionString, _options.ConnectionString))
        {
            connection = dataSource.CreateConnection();
        }
        else
        {
            connection = DataSources.Get(connectionString, Functions, _options.Initializer, LoggerFactory, _logger).CreateConnection();

            // In the user's words; a data source puts them in its own order.
            connection.ConnectionString = connectionString;
        }

        Prepare(connection);
        return connection;
    }

    private Action<SqliteConnection> Functions
        => Dependencies.ContextOptions.FindExtension<SqliteOptionsExtension>() is { LoadSpatialite: true }
            ? EntityFrameworkFunctions.RegisterWithSpatialite
            : EntityFrameworkFunctions.Register;

    // The application's, in EF Core's order. EF Core's own service wraps it anew for each context, which is no key to find anything by.
    private ILoggerFactory? LoggerFactory
        => Dependencies.ContextOptions.FindExtension<CoreOptionsExtension>() switch
        {
            { InternalServiceProvider: not null } => Dependencies.CurrentContext.Context.GetService<ILoggerFactory>() is var given and not ScopedLoggerFactory ? given : null,
            { } core => core.LoggerFactory ?? core.ApplicationServiceProvider?.GetService<ILoggerFactory>(),
            null => null,
        };

    private void Prepare(DbConnection connection)
    {
        if (connection is not SplitSqliteConnection split)
        {
            return;
        }

        // Does nothing for what the connection has already.
        split.UsePhysicalConnectionInitializer(Functions);
        if (_options?.Initializer is { } initializer)
        {
            split.UsePhysicalConnectionInitializer(initializer);
        }

        // As EF Core does with a SqliteConnection: BEGIN and COMMIT have no command to take the timeout from. Not what SetCommandTimeout has set: a pooled context forgets
        // that when it goes back, and keeps the connection.
        if (RelationalOptionsExtension.Extract(Dependencies.ContextOptions).CommandTimeout is { } timeout)
        {
            split.DefaultTimeout = timeout;
        }
    }
}
