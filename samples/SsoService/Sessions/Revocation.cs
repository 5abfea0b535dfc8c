using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using SsoService.Audit;
using SsoService.Storage;

namespace SsoService.Sessions;

/// <summary>Ends sessions. Their tokens go with them: each use of a token asks for its session.</summary>
public sealed class Revocation(SsoDbContext context, AuditTrail audit, TimeProvider clock)
{
    /// <summary>
    /// Ends those of the sessions that have not ended yet, and adds an event for each; the caller's transaction commits both. How many it were.
    /// </summary>
    public async Task<int> RevokeAsync(
        Expression<Func<Session, bool>> which, RevocationReason reason, CancellationToken cancellationToken)
    {
        var now = clock.GetStorableNow();
        var live = context.Sessions.Where(s => s.RevokedAt == null).Where(which);

        // Within a transaction that holds the write lock the list and the update see the same rows.
        var ended = await live.Select(s => new { s.Id, s.AccountId }).ToListAsync(cancellationToken);
        var count = await live.ExecuteUpdateAsync(
            set => set.SetProperty(s => s.RevokedAt, now).SetProperty(s => s.RevokedBecause, reason), cancellationToken);
        if (count != ended.Count)
        {
            throw new DbUpdateConcurrencyException($"{ended.Count} sessions were to be ended, {count} were.");
        }

        foreach (var session in ended)
        {
            audit.Add(AuditKind.SessionRevoked, session.AccountId, session.Id, reason.ToString());
        }

        return count;
    }
}
