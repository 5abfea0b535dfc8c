using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SsoService.Sessions;

public enum TokenUse
{
    Access,
    Refresh,
}

/// <summary>
/// The text that a client holds: its use, the id of its pair, by which the row is found, and a secret, of which the database knows only the hash.
/// A look-up by secret would tell by its time how much of a guess is right; a look-up by id followed by a compare in constant time does not.
/// </summary>
public sealed record SessionToken(TokenUse Use, Guid PairId, ReadOnlyMemory<byte> Secret)
{
    public const int HashLength = SHA256.HashSizeInBytes;

    private const int IdLength = 16;
    private const int SecretLength = 32;

    // 48 bytes are 64 characters of Base64Url, with no bits left over: one token has one text.
    private const int BodyLength = (IdLength + SecretLength) * 4 / 3;

    public static SessionToken Create(TokenUse use, Guid pairId) => new(use, pairId, RandomNumberGenerator.GetBytes(SecretLength));

    public static bool TryParse(string? text, TokenUse use, [NotNullWhen(true)] out SessionToken? token)
    {
        token = null;
        var prefix = Prefix(use);
        if (text is null || text.Length != prefix.Length + BodyLength || !text.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var body = text.AsSpan(prefix.Length);
        if (!Base64Url.IsValid(body, out var length) || length != IdLength + SecretLength)
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(body);
        token = new SessionToken(use, new Guid(bytes.AsSpan(0, IdLength), bigEndian: true), bytes.AsMemory(IdLength));
        return true;
    }

    /// <summary>A plain hash will do: 256 random bits are not to be guessed, whatever the speed.</summary>
    public byte[] Hash() => SHA256.HashData(Secret.Span);

    public bool Matches(byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash(), hash);

    public string ToText()
    {
        Span<byte> bytes = stackalloc byte[IdLength + SecretLength];
        PairId.TryWriteBytes(bytes, bigEndian: true, out _);
        Secret.Span.CopyTo(bytes[IdLength..]);
        return Prefix(Use) + Base64Url.EncodeToString(bytes);
    }

    /// <summary>Not the secret: records print themselves into logs.</summary>
    public override string ToString() => $"{Use} token of {PairId}";

    private static string Prefix(TokenUse use) => use == TokenUse.Access ? "sso_a_" : "sso_r_";
}
