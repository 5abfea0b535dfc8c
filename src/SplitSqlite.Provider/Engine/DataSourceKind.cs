namespace SplitSqlite.Engine;

/// <summary>What the data source of a connection string names.</summary>
internal enum DataSourceKind : byte
{
    /// <summary>A file, by its path.</summary>
    File,

    /// <summary>A file, by a <c>file:</c> URI.</summary>
    Uri,

    /// <summary>A database in memory that belongs to one physical connection.</summary>
    PrivateMemory,

    /// <summary>A database in memory that all physical connections of the process that name it share.</summary>
    SharedMemory,

    /// <summary>The empty name: a database in a temporary file that belongs to one physical connection.</summary>
    Temporary,
}
