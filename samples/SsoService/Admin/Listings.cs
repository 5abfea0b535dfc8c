using Microsoft.EntityFrameworkCore;
using SsoService.Accounts;
using SsoService.Audit;
using SsoService.Storage;

namespace SsoService.Admin;

/// <summary>
/// Pages by key, not by offset: whatever is added or changed while somebody pages, nothing that was there is shown twice or left out.
/// </summary>
public sealed class Listings(SsoDbContext context, TimeProvider clock)
{
    public async Task<Page<AccountListItem, Guid>> AccountsAsync(AccountPageQuery query, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? PageLimits.Default;
        var accounts = context.Accounts.AsNoTracking();
        if (query.After is { } after)
        {
            accounts = accounts.Where(a => a.Id > after);
        }

        if (query.Search is { Length: > 0 } search)
        {
            var normalized = Account.Normalize(search);
            accounts = accounts.Where(a => a.NormalizedEmail.Contains(normalized));
        }

        var items = await Project(accounts.OrderBy(a => a.Id).Take(limit + 1)).ToListAsync(cancellationToken);
        return Page(items, limit, item => item.Id);
    }

    public Task<AccountListItem?> AccountAsync(Guid id, CancellationToken cancellationToken) =>
        Project(context.Accounts.AsNoTracking().Where(a => a.Id == id)).SingleOrDefaultAsync(cancellationToken);

    public async Task<Page<AuditListItem, long>> AuditAsync(AuditPageQuery query, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? PageLimits.Default;
        var after = query.After ?? 0;
        IQueryable<AuditEvent> events = context.AuditEvents.Where(e => e.Id > after);
        if (query.AccountId is { } account)
        {
            events = events.Where(e => e.AccountId == account);
        }

        var items = await events
            .OrderBy(e => e.Id)
            .Take(limit + 1)
            .Select(e => new AuditListItem(e.Id, e.At, e.Kind, e.AccountId, e.SessionId, e.RequestId, e.Detail))
            .ToListAsync(cancellationToken);
        return Page(items, limit, item => item.Id);
    }

    private IQueryable<AccountListItem> Project(IQueryable<Account> accounts)
    {
        var now = clock.GetStorableNow();
        return accounts.Select(a => new AccountListItem(
            a.Id,
            a.Email,
            a.DisplayName,
            a.CreatedAt,
            a.FailedAttempts,
            a.LockedUntil,
            a.DisabledAt,
            context.Sessions.Count(s => s.AccountId == a.Id && s.RevokedAt == null && s.ExpiresAt > now)));
    }

    /// <summary>One row more than the page was asked for: it tells whether there is a next one.</summary>
    private static Page<TItem, TCursor> Page<TItem, TCursor>(List<TItem> items, int limit, Func<TItem, TCursor> cursor)
        where TCursor : struct
    {
        if (items.Count <= limit)
        {
            return new Page<TItem, TCursor>(items, null);
        }

        items.RemoveAt(limit);
        return new Page<TItem, TCursor>(items, cursor(items[^1]));
    }
}
