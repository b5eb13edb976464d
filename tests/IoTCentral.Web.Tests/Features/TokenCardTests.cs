using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Access;
using IoTCentral.Web.Tests.Ui;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Features;

public sealed class TokenCardTests : UiContext
{
    private readonly KnownTokens _known = new();

    public TokenCardTests()
    {
        Services.AddSingleton<IApiTokenStore>(_known);
        Services.AddSingleton<ApiTokens>();
    }

    [Fact]
    public void A_token_is_shown_once()
    {
        var card = Open();
        card.Find("#token-id").Change("nightly-import");
        card.Find("form").Submit();

        card.WaitForAssertion(() =>
            Assert.StartsWith(
                "SharedAccessSignature sr=fresh-market&sig=",
                card.Find("#issued-token").TextContent,
                StringComparison.Ordinal
            )
        );
        card.FindAll("button").Single(b => b.TextContent == "I have copied it").Click();

        Assert.Empty(card.FindAll("#issued-token"));
        Assert.Equal("nightly-import", Assert.Single(_known.All).Id);
        Assert.DoesNotContain("sig=", Open().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_none_is_refused_beside_its_field()
    {
        var card = Open();

        card.Find("#token-id").Change("no good");
        card.Find("form").Submit();

        card.WaitForAssertion(() => Assert.NotNull(card.Find("#token-id-error")));
        Assert.Empty(_known.All);
    }

    private IRenderedComponent<TokenCard> Open() =>
        Render<TokenCard>(p => p.AddCascadingValue(App()).AddCascadingValue(CallerWith(Role.Administrator)));

    private sealed class KnownTokens : IApiTokenStore
    {
        public List<ApiToken> All { get; } = [];

        public Task AddAsync(ApiToken token, AuditEntry audit, CancellationToken ct)
        {
            All.Add(token);
            return Task.CompletedTask;
        }

        public Task<(Application Application, ApiToken Token)?> FindAsync(
            string slug,
            string tokenId,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task<IReadOnlyList<ApiToken>> ListAsync(TenantId tenant, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<ApiToken>>([.. All]);

        public Task<bool> DeleteAsync(TenantId tenant, string tokenId, AuditEntry audit, CancellationToken ct) =>
            Task.FromResult(All.RemoveAll(t => t.Id == tokenId) > 0);
    }
}
