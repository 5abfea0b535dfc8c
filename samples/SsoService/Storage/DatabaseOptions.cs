using System.ComponentModel.DataAnnotations;

namespace SsoService.Storage;

/// <summary>Which database the service runs on (section <c>Database</c>).</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>The EF Core provider. Model, migrations and code are the same for both.</summary>
    [EnumDataType(typeof(DatabaseProvider))]
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.SplitSqlite;

    [Required]
    public string ConnectionString { get; set; } = "";
}

public enum DatabaseProvider
{
    /// <summary><c>UseSqlite</c>: each context a connection of its own, from the pool of Microsoft.Data.Sqlite.</summary>
    Sqlite,

    /// <summary><c>UseSplitSqlite</c>: reads on pooled readers, writes and transactions on one writer.</summary>
    SplitSqlite,
}
