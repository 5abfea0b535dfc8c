using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace SsoService.Storage;

public static class UniqueViolation
{
    /// <summary>SQLITE_CONSTRAINT_UNIQUE, see https://www.sqlite.org/rescode.html#constraint_unique.</summary>
    private const int ConstraintUnique = 2067;

    /// <summary>Whether a save failed because another row has the value already.</summary>
    public static bool IsUniqueViolation(this DbUpdateException failure) =>
        failure.InnerException is SqliteException { SqliteExtendedErrorCode: ConstraintUnique };
}
