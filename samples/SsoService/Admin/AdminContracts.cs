using SsoService.Audit;

namespace SsoService.Admin;

public sealed record AccountListItem(
    Guid Id,
    string Email,
    string DisplayName,
    DateTimeOffset CreatedAt,
    int FailedAttempts,
    DateTimeOffset? LockedUntil,
    DateTimeOffset? DisabledAt,
    int LiveSessions);

public sealed record AuditListItem(
    long Id, DateTimeOffset At, AuditKind Kind, Guid? AccountId, Guid? SessionId, string RequestId, string? Detail);

/// <param name="Items">In order; an empty page is the end.</param>
/// <param name="Next">What to send as <c>after</c> for the next page; null on the last one.</param>
public sealed record Page<TItem, TCursor>(IReadOnlyList<TItem> Items, TCursor? Next)
    where TCursor : struct;
