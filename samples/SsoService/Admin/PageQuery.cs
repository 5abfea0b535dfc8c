using System.ComponentModel.DataAnnotations;

namespace SsoService.Admin;

public sealed record AccountPageQuery(
    Guid? After,
    [property: Range(1, PageLimits.Max)] int? Limit,
    [property: StringLength(254)] string? Search);

public sealed record AuditPageQuery(
    [property: Range(0, long.MaxValue)] long? After,
    [property: Range(1, PageLimits.Max)] int? Limit,
    Guid? AccountId);

public static class PageLimits
{
    public const int Default = 50;
    public const int Max = 200;
}
