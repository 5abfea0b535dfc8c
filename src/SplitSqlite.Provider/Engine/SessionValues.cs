namespace SplitSqlite.Engine;

/// <summary>The values that SQLite keeps per connection and we keep per session, as they were at some moment.</summary>
internal readonly record struct SessionValues(long LastInsertRowId, long Changes, long TotalChanges);
