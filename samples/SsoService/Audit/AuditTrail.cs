using SsoService.Hosting;
using SsoService.Storage;

namespace SsoService.Audit;

/// <summary>
/// Adds events to the unit of work of the caller: they are committed with the change that they tell of, or not at all.
/// </summary>
public sealed class AuditTrail(SsoDbContext context, TimeProvider clock, RequestId request)
{
    public void Add(AuditKind kind, Guid? accountId, Guid? sessionId = null, string? detail = null)
    {
        context.AuditEvents.Add(new AuditEvent
        {
            At = clock.GetStorableNow(),
            Kind = kind,
            AccountId = accountId,
            SessionId = sessionId,
            RequestId = request.Value,
            Detail = detail is { Length: > AuditEvent.DetailLength } ? detail[..AuditEvent.DetailLength] : detail,
        });
    }
}
