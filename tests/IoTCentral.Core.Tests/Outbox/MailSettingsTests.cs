using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;

namespace IoTCentral.Core.Tests.Outbox;

public sealed class MailSettingsTests
{
    private static readonly SmtpOptions Server = new()
    {
        Host = "mail.example",
        User = "iot",
        Password = "very secret",
        From = "iot@mail.example",
    };

    private readonly MemorySettings _store = new();
    private readonly RecordingMailer _mailer = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MailSettings Settings(SmtpOptions? configured = null) =>
        new(
            new InstallationOptions { DataFolder = "/", Smtp = configured ?? new() },
            _store,
            new SecretBox(MasterKey.New()),
            _mailer
        );

    [Fact]
    public async Task The_password_is_kept_wrapped_and_never_shown()
    {
        var settings = Settings();

        await settings.SaveAsync(AuditActor.System, true, Server, Ct);

        Assert.Equal("very secret", (await settings.FindAsync(Ct))!.Password);
        Assert.DoesNotContain("very secret", _store.Saved!.Value);
        Assert.DoesNotContain("very secret", _store.Entry!.After);
        var shown = await settings.GetAsync(Ct);
        Assert.Equal((null, true, false), (shown.Server.Password, shown.HasPassword, shown.IsFixed));
    }

    [Fact]
    public async Task Saving_without_a_password_keeps_the_stored_one()
    {
        var settings = Settings();
        await settings.SaveAsync(AuditActor.System, true, Server, Ct);

        await settings.SaveAsync(AuditActor.System, true, Server with { Password = null, Port = 25 }, Ct);

        Assert.Equal(
            (25, "very secret"),
            ((await settings.FindAsync(Ct))!.Port, (await settings.FindAsync(Ct))!.Password)
        );
    }

    [Fact]
    public async Task The_stored_password_is_not_sent_to_another_server()
    {
        var settings = Settings();
        await settings.SaveAsync(AuditActor.System, true, Server, Ct);

        var other = Server with { Password = null, Host = "thief.example" };
        await settings.TestAsync(true, other, "a@b.example", new("s", "t", "h"), Ct);

        Assert.Equal(("thief.example", null), (_mailer.Server!.Host, _mailer.Server.Password));
    }

    [Fact]
    public async Task Only_an_installation_administrator_may_change_or_test_it()
    {
        var settings = Settings();

        await Assert.ThrowsAsync<ForbiddenException>(() => settings.SaveAsync(AuditActor.System, false, Server, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() =>
            settings.TestAsync(false, Server, "a@b.example", new("s", "t", "h"), Ct)
        );
    }

    [Fact]
    public async Task The_installations_configuration_wins_and_cannot_be_changed_here()
    {
        var settings = Settings(new SmtpOptions { Host = "fixed.example", From = "a@fixed.example" });

        var refused = await Assert.ThrowsAsync<ConflictException>(() =>
            settings.SaveAsync(AuditActor.System, true, Server, Ct)
        );

        Assert.Equal("mail.fixed", refused.Code);
        Assert.Equal("fixed.example", (await settings.FindAsync(Ct))!.Host);
    }

    [Fact]
    public async Task Faults_are_told_with_their_fields()
    {
        var wrong = Server with { Host = "no host!", Port = 0, From = "nobody" };

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            Settings().SaveAsync(AuditActor.System, true, wrong, Ct)
        );

        Assert.Equal(["host", "port", "from"], refused.Faults.Select(f => f.Path));
    }

    [Fact]
    public async Task Saving_no_host_turns_mail_off()
    {
        var settings = Settings();
        await settings.SaveAsync(AuditActor.System, true, Server, Ct);

        await settings.SaveAsync(AuditActor.System, true, new SmtpOptions(), Ct);

        Assert.Null(await settings.FindAsync(Ct));
    }

    private sealed class RecordingMailer : IMailer
    {
        public SmtpOptions? Server { get; private set; }

        public Task SendAsync(SmtpOptions server, string to, MailContent mail, Guid id, CancellationToken ct)
        {
            Server = server;
            return Task.CompletedTask;
        }
    }

    private sealed class MemorySettings : ISettingStore
    {
        public Setting? Saved { get; private set; }
        public AuditEntry? Entry { get; private set; }

        public Task<Setting?> FindAsync(string key, CancellationToken ct) => Task.FromResult(Saved);

        public Task SaveAsync(Setting setting, AuditEntry entry, CancellationToken ct)
        {
            (Saved, Entry) = (setting, entry);
            return Task.CompletedTask;
        }

        public Task<Setting> AddAsync(Setting setting, CancellationToken ct) => throw new NotSupportedException();

        public Task AuditAsync(AuditEntry entry, CancellationToken ct) => throw new NotSupportedException();
    }
}
