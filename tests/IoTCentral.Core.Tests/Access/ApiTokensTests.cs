using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Access;

public sealed class ApiTokensTests
{
    private static readonly Application App = new()
    {
        TenantId = new(1),
        Slug = "fridges",
        Name = "Fridges",
        IdScope = "0ne0012AB34",
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly FakeTimeProvider _time = new();
    private readonly TokenStore _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ApiTokens Tokens => new(_store, _time);

    [Fact]
    public async Task An_issued_token_names_its_application_and_role()
    {
        var token = await IssueAsync();

        var found = await Tokens.VerifyAsync(token.Text, "10.0.0.1", Ct);

        Assert.Equal(App, found?.Application);
        Assert.Equal(Role.Operator.Permissions, found?.Caller.Permissions);
        Assert.Equal(new AuditActor("token", "deploy", "deploy", "10.0.0.1"), found?.Caller.Actor);
    }

    [Fact]
    public async Task A_token_whose_id_nobody_chose_is_called_by_its_role()
    {
        var token = await IssueAsync(id: null);

        var found = await Tokens.VerifyAsync(token.Text, null, Ct);

        Assert.Equal(new AuditActor("token", token.Id, "API token (Operator)"), found?.Caller.Actor);
    }

    [Fact]
    public async Task Its_text_is_what_IoT_Central_writes()
    {
        var token = await IssueAsync();

        Assert.Matches(@"^SharedAccessSignature sr=fridges&sig=[A-Za-z0-9%]+%3D&skn=deploy&se=\d{12,13}$", token.Text);
    }

    [Fact]
    public async Task The_secret_is_not_stored()
    {
        var token = await IssueAsync();

        var secret = ApiTokenText.Parse(token.Text)!.Secret;
        Assert.NotEqual(secret, _store.Tokens[0].Hash);
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        var token = await IssueAsync(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Null(await Tokens.VerifyAsync(token.Text, null, Ct));
    }

    [Fact]
    public async Task A_token_with_a_later_expiry_written_into_it_is_refused()
    {
        var text = ApiTokenText.Parse((await IssueAsync()).Text)!;

        var forged = text with { ExpiresAt = text.ExpiresAt.AddYears(1) };

        Assert.Null(await Tokens.VerifyAsync(forged.ToString(), null, Ct));
    }

    [Fact]
    public async Task A_token_with_another_signature_is_refused()
    {
        var text = ApiTokenText.Parse((await IssueAsync()).Text)!;

        var forged = text with { Secret = [.. text.Secret[..31], (byte)(text.Secret[31] ^ 1)] };

        Assert.Null(await Tokens.VerifyAsync(forged.ToString(), null, Ct));
    }

    [Fact]
    public async Task A_revoked_token_is_refused()
    {
        var token = await IssueAsync();

        Assert.True(await Tokens.RevokeAsync(Caller.System(App.TenantId), token.Id, Ct));

        Assert.Null(await Tokens.VerifyAsync(token.Text, null, Ct));
    }

    [Fact]
    public async Task Who_may_not_manage_tokens_gets_none()
    {
        var builder = Caller.System(App.TenantId) with { Permissions = Role.Builder.Permissions };

        await Assert.ThrowsAsync<ForbiddenException>(() =>
            Tokens.IssueAsync(builder, App, Role.Administrator, null, null, Ct)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer abc")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=a&sig=!!&skn=b&se=1")]
    [InlineData("SharedAccessSignature sr=a&sr=b&sig=AAAA&skn=b&se=1")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&skn=b&se=-1")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&skn=b&se=99999999999999999999")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&skn=b")]
    public void Anything_else_is_no_token(string header)
    {
        Assert.Null(ApiTokenText.Parse(header));
    }

    private Task<IssuedToken> IssueAsync(TimeSpan? life = null, string? id = "deploy") =>
        Tokens.IssueAsync(Caller.System(App.TenantId), App, Role.Operator, id, life, Ct);

    private sealed class TokenStore : IApiTokenStore
    {
        public List<ApiToken> Tokens { get; } = [];

        public Task AddAsync(ApiToken token, AuditEntry audit, CancellationToken ct)
        {
            Tokens.Add(token);
            return Task.CompletedTask;
        }

        public Task<(Application Application, ApiToken Token)?> FindAsync(
            string slug,
            string tokenId,
            CancellationToken ct
        ) =>
            Task.FromResult<(Application, ApiToken)?>(
                slug == App.Slug && Tokens.Find(t => t.Id == tokenId) is { } token ? (App, token) : null
            );

        public Task<IReadOnlyList<ApiToken>> ListAsync(TenantId tenant, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<ApiToken>>(Tokens);

        public Task<bool> DeleteAsync(TenantId tenant, string tokenId, AuditEntry audit, CancellationToken ct) =>
            Task.FromResult(Tokens.RemoveAll(t => t.Id == tokenId) > 0);
    }
}
