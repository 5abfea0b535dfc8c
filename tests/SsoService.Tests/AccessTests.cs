using SsoService.Sessions;
using SsoService.Tests.Infrastructure;

namespace SsoService.Tests;

/// <summary>Each endpoint against each way of not being allowed.</summary>
public sealed class AccessTests(SsoHost host) : SsoTest(host)
{
    private static readonly string[] OfUsers =
    [
        "GET /account", "PUT /account", "PUT /account/password", "GET /sessions", "DELETE /sessions", "DELETE /sessions/current",
        "DELETE /sessions/00000000-0000-0000-0000-000000000001",
    ];

    private static readonly string[] OfAdministrators =
    [
        "GET /admin/accounts", "GET /admin/accounts/00000000-0000-0000-0000-000000000001", "GET /admin/audit",
        "POST /admin/accounts/00000000-0000-0000-0000-000000000001/unlock",
        "POST /admin/accounts/00000000-0000-0000-0000-000000000001/disable",
        "POST /admin/accounts/00000000-0000-0000-0000-000000000001/enable",
    ];

    public enum Credential
    {
        None,
        EmptyBearer,
        Nonsense,
        OtherScheme,
        BareToken,
        RefreshToken,
        ChangedToken,
        ExpiredToken,
        TokenOfAnEndedSession,
        ApiKeyOfAdministrator,
    }

    public enum Key
    {
        None,
        Empty,
        Wrong,
        Prefix,
        OtherCase,
        AccessToken,
    }

    public static TheoryData<string, Credential> UsersMatrix() =>
        [.. OfUsers.SelectMany(_ => Enum.GetValues<Credential>(), (endpoint, credential) => (endpoint, credential))];

    public static TheoryData<string, Key> AdministratorsMatrix() =>
        [.. OfAdministrators.Append("POST /introspect").SelectMany(_ => Enum.GetValues<Key>(), (endpoint, key) => (endpoint, key))];

    public static TheoryData<string> AdministratorsEndpoints() => [.. OfAdministrators];

    [Theory]
    [MemberData(nameof(UsersMatrix))]
    public async Task Endpoint_of_users_wants_a_live_access_token(string endpoint, Credential credential)
    {
        var tokens = credential is Credential.None or Credential.EmptyBearer or Credential.Nonsense or Credential.ApiKeyOfAdministrator
            ? null
            : await (await NewUserAsync()).SignInAsync();
        if (credential == Credential.TokenOfAnEndedSession)
        {
            (await Anyone.SignOutAsync(tokens!.RefreshToken)).Expect(204);
        }

        var caller = credential switch
        {
            Credential.None => Anyone,
            Credential.EmptyBearer => Anyone with { AuthorizationHeader = "Bearer " },
            Credential.Nonsense => Anyone.WithToken("nonsense"),
            Credential.OtherScheme => Anyone with { AuthorizationHeader = $"Basic {tokens!.AccessToken}" },
            Credential.BareToken => Anyone with { AuthorizationHeader = tokens!.AccessToken },
            Credential.RefreshToken => Anyone.WithToken(tokens!.RefreshToken),
            Credential.ChangedToken => Anyone.WithToken(Changed(tokens!.AccessToken)),
            Credential.ExpiredToken => With(tokens!).In(TimeSpan.FromMinutes(11)),
            Credential.TokenOfAnEndedSession => With(tokens!),
            _ => Anyone.AsAdmin(),
        };

        var answer = (await SendAsync(caller, endpoint)).Expect(401);

        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.Equal("application/problem+json", answer.MediaType);
        if (tokens is not null && credential != Credential.TokenOfAnEndedSession)
        {
            Assert.True(await IsLiveAsync(tokens.AccessToken));
        }
    }

    [Theory]
    [MemberData(nameof(AdministratorsMatrix))]
    public async Task Endpoint_of_services_wants_a_key(string endpoint, Key key)
    {
        var caller = Anyone with
        {
            ApiKey = key switch
            {
                Key.Empty => "",
                Key.Wrong => "wrong-key",
                Key.Prefix => SsoFactory.AdminKey[..^1],
                Key.OtherCase => SsoFactory.AdminKey.ToUpperInvariant(),
                _ => null,
            },
            AuthorizationHeader = key == Key.AccessToken ? $"Bearer {(await (await NewUserAsync()).SignInAsync()).AccessToken}" : null,
        };

        var answer = (await SendAsync(caller, endpoint)).Expect(401);

        Assert.Equal("ApiKey", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
    }

    [Theory]
    [MemberData(nameof(AdministratorsEndpoints))]
    public async Task Endpoint_of_administrators_forbids_a_relying_party(string endpoint) =>
        (await SendAsync(Anyone.AsRelyingParty(), endpoint)).Expect(403);

    [Theory]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    public async Task Scheme_is_read_in_any_case(string scheme)
    {
        var tokens = await (await NewUserAsync()).SignInAsync();

        (await (Anyone with { AuthorizationHeader = $"{scheme} {tokens.AccessToken}" }).GetAsync("/account")).Expect(200);
    }

    private static Task<Answer> SendAsync(Caller caller, string endpoint)
    {
        var (method, path) = (endpoint.Split(' ')[0], endpoint.Split(' ')[1]);
        return caller.SendAsync(HttpMethod.Parse(method), path, method == "GET" ? null : new { displayName = "x", token = "x" });
    }

    private static string Changed(string token) => token[..^1] + (token[^1] == 'A' ? 'B' : 'A');
}
