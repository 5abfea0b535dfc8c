using SsoService.Admin;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

public sealed class PagingTests(SsoHost host) : SsoTest(host)
{
    private static string NewTag() => $"page{Guid.NewGuid():N}";

    private async Task<List<Guid>> SignUpAsync(string tag, int count)
    {
        var ids = new List<Guid>();
        for (var i = 0; i < count; i++)
        {
            ids.Add((await TestUser.SignUpAsync(Anyone, $"{tag}-{i}@example.org")).Id);
        }

        return ids;
    }

    private async Task<Page<AccountListItem, Guid>> PageAsync(string query) =>
        (await Anyone.AsAdmin().GetAsync($"/admin/accounts?{query}")).Expect(200).Read<Page<AccountListItem, Guid>>();

    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(5, 2, 3)]
    [InlineData(6, 2, 3)]
    [InlineData(6, 3, 2)]
    [InlineData(7, 7, 1)]
    [InlineData(7, 6, 2)]
    [InlineData(7, 200, 1)]
    public async Task Pages_show_each_account_once_and_in_order(int count, int limit, int pages)
    {
        var tag = NewTag();
        var ids = await SignUpAsync(tag, count);

        var (seen, seenPages) = (new List<Guid>(), 0);
        for (Guid? after = Guid.Empty; after is not null; seenPages++)
        {
            var page = await PageAsync($"search={tag}&limit={limit}&after={after}");
            Assert.InRange(page.Items.Count, 0, limit);
            seen.AddRange(page.Items.Select(item => item.Id));
            after = page.Next;
        }

        Assert.Equal(ids.Order(Comparer<Guid>.Create(CompareAsText)), seen);
        Assert.Equal(pages, seenPages);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Accounts_that_sign_up_while_somebody_pages_shift_nothing(int limit)
    {
        var tag = NewTag();
        var before = await SignUpAsync(tag, 6);
        var (seen, added) = (new List<Guid>(), new List<Guid>());

        for (Guid? after = Guid.Empty; after is not null && added.Count < 40;)
        {
            var page = await PageAsync($"search={tag}&limit={limit}&after={after}");
            seen.AddRange(page.Items.Select(item => item.Id));
            added.AddRange(await SignUpAsync($"{tag}-late{added.Count}", 2));
            after = page.Next;
        }

        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(before, seen.Where(before.Contains));
        Assert.All(seen, id => Assert.True(before.Contains(id) || added.Contains(id)));
    }

    [Fact]
    public async Task Default_page_has_50_accounts_at_most_and_tells_of_the_next()
    {
        var tag = NewTag();
        await SignUpAsync(tag, 52);

        var page = await PageAsync($"search={tag}");

        Assert.Equal(50, page.Items.Count);
        Assert.Equal(page.Items[^1].Id, page.Next);
        Assert.Equal(2, (await PageAsync($"search={tag}&after={page.Next}")).Items.Count);
    }

    [Theory]
    [InlineData("{0}", true)]
    [InlineData("{1}", true)]
    [InlineData("{0}-0@EXAMPLE", true)]
    [InlineData("{0}-1@", false)]
    [InlineData("{0}%25", false)]
    [InlineData("{0}_", false)]
    public async Task Search_finds_a_part_of_the_address_in_any_case_and_knows_no_wildcards(string pattern, bool found)
    {
        var tag = NewTag();
        var ids = await SignUpAsync(tag, 1);

        var page = await PageAsync($"search={string.Format(null, pattern, tag, tag.ToUpperInvariant())}");

        Assert.Equal(found ? ids : [], page.Items.Select(item => item.Id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(200)]
    public async Task Pages_of_the_audit_trail_show_each_event_once_and_in_order(int limit)
    {
        var user = await NewUserAsync();
        await user.FailAsync(3);
        await user.SignInAsync();

        var seen = new List<AuditListItem>();
        for (long? after = 0; after is not null;)
        {
            var page = (await Anyone.AsAdmin().GetAsync($"/admin/audit?accountId={user.Id}&limit={limit}&after={after}"))
                .Expect(200).Read<Page<AuditListItem, long>>();
            Assert.InRange(page.Items.Count, 0, limit);
            seen.AddRange(page.Items);
            after = page.Next;
        }

        Assert.Equal(await user.AuditAsync(), seen);
        Assert.Equal(5, seen.Count);
    }

    // SQLite compares the text that it keeps, .NET compares fields; for version 7 both are the order of time, but let SQLite have it.
    private static int CompareAsText(Guid one, Guid other) => string.CompareOrdinal(one.ToString("D"), other.ToString("D"));
}
