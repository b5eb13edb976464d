using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Tests.Rules;

/// <summary>Rules as people keep them: book and store together.</summary>
public sealed class RuleStoreTests
{
    private static readonly RuleDefinition Warm = EngineTests.WithMail(EngineTests.Above(7), "anna@shop.example");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_comes_back_as_it_was_saved()
    {
        await using var shop = await Shop.OpenAsync();
        var saved = await shop.AddRuleAsync(Warm);

        var found = await shop.Book.GetAsync(shop.Caller, "warm", Ct);

        Assert.Equal(RuleJson.Write(saved.Definition), RuleJson.Write(found.Definition));
        Assert.Equal(
            (shop.Tenant, "Fridge too warm", Shop.Template, true, 1, Shop.At("10:00")),
            (found.TenantId, found.Name, found.TemplateId, found.IsEnabled, found.Version, found.UpdatedAt)
        );
        Assert.Equal("action-1", Assert.Single(found.Definition.Actions).Id);
    }

    [Fact]
    public async Task Two_people_who_edit_at_once_do_not_overwrite_each_other()
    {
        await using var shop = await Shop.OpenAsync();
        var read = await shop.AddRuleAsync(Warm);
        await shop.Book.UpdateAsync(shop.Caller, read with { Name = "First" }, Ct);

        await Assert.ThrowsAsync<StaleEditException>(() =>
            shop.Book.UpdateAsync(shop.Caller, read with { Name = "Second" }, Ct)
        );

        Assert.Equal("First", (await shop.Book.GetAsync(shop.Caller, "warm", Ct)).Name);
    }

    [Fact]
    public async Task Putting_creates_and_then_replaces()
    {
        await using var shop = await Shop.OpenAsync();
        var rule = new Rule
        {
            TenantId = shop.Tenant,
            Id = "warm",
            Name = "One",
            TemplateId = Shop.Template,
            Definition = Warm,
        };

        await shop.Book.PutAsync(shop.Caller, rule, Ct);
        var replaced = await shop.Book.PutAsync(shop.Caller, rule with { Name = "Two" }, Ct);

        Assert.Equal(("Two", 2), (replaced.Name, replaced.Version));
    }

    [Fact]
    public async Task A_taken_id_an_unknown_template_and_a_faulty_rule_are_refused()
    {
        await using var shop = await Shop.OpenAsync();
        var rule = await shop.AddRuleAsync(Warm);

        var taken = await Assert.ThrowsAsync<ConflictException>(() => shop.Book.AddAsync(shop.Caller, rule, Ct));
        var unknown = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            shop.Book.AddAsync(shop.Caller, rule with { TemplateId = "dtmi:no:such;1" }, Ct)
        );
        var faulty = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            shop.Book.AddAsync(shop.Caller, rule with { Definition = new() }, Ct)
        );

        Assert.Equal("rule.id-taken", taken.Code);
        Assert.Equal("templateId", Assert.Single(unknown.Faults).Path);
        Assert.Equal("conditions", Assert.Single(faulty.Faults).Path);
    }

    [Fact]
    public async Task Every_change_is_audited_with_before_and_after_and_without_secrets()
    {
        await using var shop = await Shop.OpenAsync();
        var hook = new WebhookAction { Url = "https://hooks.example/", NewSecret = "sixteen letters!" };
        var rule = await shop.AddRuleAsync(Warm with { Actions = [hook] });
        await shop.Book.UpdateAsync(shop.Caller, rule with { Name = "Other" }, Ct);
        await shop.Book.EnableAsync(shop.Caller, "warm", false, Ct);
        await shop.Book.DeleteAsync(shop.Caller, "warm", Ct);

        var audit = await shop.Database.TenantDb.QueryAsync<string>(
            shop.Tenant,
            "select action || coalesce(before::text, '') || coalesce(after::text, '') from audit where action like 'rule.%' order by id",
            null,
            Ct
        );

        Assert.Equal(["rule.create", "rule.update", "rule.disable", "rule.delete"], audit.Select(a => a.Split('{')[0]));
        Assert.All(audit, a => Assert.DoesNotContain("sixteen letters", a));
        Assert.Contains("hooks.example", audit[3]);
    }

    [Fact]
    public async Task A_webhooks_secret_survives_edits_that_do_not_mention_it()
    {
        await using var shop = await Shop.OpenAsync();
        var hook = new WebhookAction
        {
            Id = "w",
            Url = "https://hooks.example/",
            NewSecret = "sixteen letters!",
        };
        await shop.AddRuleAsync(Warm with { Actions = [hook] });

        var read = await shop.Book.GetAsync(shop.Caller, "warm", Ct);
        var saved = await shop.Book.UpdateAsync(shop.Caller, read with { Name = "Other" }, Ct);

        Assert.True(Assert.IsType<WebhookAction>(Assert.Single(saved.Definition.Actions)).HasSecret);
        var wrapped = new RuleSecrets(shop.Box).For(saved, "w", "here");
        Assert.Equal("sixteen letters!"u8.ToArray(), shop.Box.Unwrap(wrapped, "here"));
        Assert.DoesNotContain("sixteen", System.Text.Encoding.UTF8.GetString(saved.WrappedSecrets!));
    }

    [Fact]
    public async Task Roles_without_the_permission_see_or_change_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var rule = await shop.AddRuleAsync(Warm);
        var viewer = shop.Caller with { Permissions = PermissionSet.Of(Permission.ViewRules) };
        var nobody = shop.Caller with { Permissions = default };

        Assert.Single(await shop.Book.ListAsync(viewer, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Book.ListAsync(nobody, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Book.GetAsync(nobody, "warm", Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Book.AddAsync(viewer, rule, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Book.UpdateAsync(viewer, rule, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Book.PutAsync(viewer, rule, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Book.EnableAsync(viewer, "warm", false, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Book.DeleteAsync(viewer, "warm", Ct));
    }

    [Fact]
    public async Task Another_tenant_sees_and_changes_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var rule = await shop.AddRuleAsync(Warm);
        var other = await shop.NewTenantAsync();
        var theirs = Caller.System(other);

        Assert.Empty(await shop.Book.ListAsync(theirs, Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => shop.Book.GetAsync(theirs, "warm", Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => shop.Book.UpdateAsync(theirs, rule, Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => shop.Book.EnableAsync(theirs, "warm", false, Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => shop.Book.DeleteAsync(theirs, "warm", Ct));
        await shop.Rules.StopAsync(other, "warm", 1, "no", Shop.Day, Ct);
        await shop.AddRuleAsync(Warm, tenant: other);

        Assert.True((await shop.Book.GetAsync(shop.Caller, "warm", Ct)).IsRunning);
        Assert.Single(await shop.Book.ListAsync(shop.Caller, Ct));
    }
}
