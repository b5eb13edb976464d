using System.Globalization;
using System.Security.Cryptography;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Access;

/// <summary>A token as its owner sees it once: the text for the Authorization header.</summary>
public sealed record IssuedToken(string Id, string Text, DateTimeOffset ExpiresAt);

/// <summary>
/// Issues, checks and revokes API tokens. Their text is IoT Central's; the signature is 32 random bytes of which only
/// the hash is kept.
/// </summary>
public sealed class ApiTokens(IApiTokenStore store, TimeProvider time)
{
    /// <summary>As long as IoT Central's tokens live.</summary>
    public static TimeSpan DefaultLife { get; } = TimeSpan.FromDays(365);

    private const int SecretBytes = 32;

    /// <param name="id">Name of the token, unique in the application; null: a random one.</param>
    /// <param name="life">Null: <see cref="DefaultLife"/>.</param>
    public async Task<IssuedToken> IssueAsync(
        Caller caller,
        Application application,
        Role role,
        string? id,
        TimeSpan? life,
        CancellationToken ct
    )
    {
        caller.Demand(Permission.ManageTokens);
        if (id is not null && !ApiTokenText.IsLegalId(id))
            throw new InvalidRequestException(
                "token.invalid-id",
                [new Fault("id", "It has 1 to 128 letters, digits, hyphens and underscores.")]
            );
        var now = time.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeMilliseconds((now + (life ?? DefaultLife)).ToUnixTimeMilliseconds());
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        var token = new ApiToken
        {
            TenantId = caller.Tenant,
            Id = id ?? ApiToken.NewId(),
            RoleId = role.Id,
            ExpiresAt = expires,
            Hash = SHA256.HashData(secret),
            CreatedAt = now,
        };
        var after =
            $$"""{"role":"{{role.Name}}","expiry":"{{expires.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}}"}""";
        await store.AddAsync(token, caller.Audit("token.create", token.Id, after: after), ct);
        return new(token.Id, new ApiTokenText(application.Slug, secret, token.Id, expires).ToString(), expires);
    }

    /// <summary>False: there is no such token.</summary>
    public Task<bool> RevokeAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permission.ManageTokens);
        return store.DeleteAsync(caller.Tenant, id, caller.Audit("token.delete", id), ct);
    }

    public Task<IReadOnlyList<ApiToken>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permission.ManageTokens);
        return store.ListAsync(caller.Tenant, ct);
    }

    /// <summary>Who asks with this Authorization header; null when it is malformed, unknown, wrong or expired.</summary>
    public async Task<(Application Application, Caller Caller)?> VerifyAsync(
        string header,
        string? address,
        CancellationToken ct
    )
    {
        if (ApiTokenText.Parse(header) is not { } text)
            return null;
        var found = await store.FindAsync(text.Slug, text.Id, ct);
        // an unknown token costs the same comparison as a wrong one
        var hash = found?.Token.Hash ?? new byte[SHA256.HashSizeInBytes];
        var isRight = CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(text.Secret));
        if (!isRight || found is not var (application, token))
            return null;
        if (token.ExpiresAt <= time.GetUtcNow() || token.ExpiresAt != text.ExpiresAt)
            return null;
        if (Role.Find(token.RoleId) is not { } role)
            return null;
        var caller = new Caller
        {
            Tenant = token.TenantId,
            Actor = new AuditActor("token", token.Id, token.Name, address),
            Permissions = role.Permissions,
        };
        return (application, caller);
    }
}
