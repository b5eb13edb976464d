using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Web.Ui;
using Microsoft.AspNetCore.Components;

namespace IoTCentral.Web.Features.Admin;

public sealed partial class AdminPage
{
    private readonly FormFaults _faults = new();
    private MailServer? _server;
    private string? _host;
    private int _port;
    private SmtpTls _tls;
    private string? _user;
    private string? _password;
    private string? _from;
    private string? _to;
    private bool _busy;

    [Inject]
    private MailSettings Mail { get; set; } = null!;

    [Inject]
    private IAccessStore Access { get; set; } = null!;

    private SmtpOptions Wished =>
        new()
        {
            Host = Given(_host),
            Port = _port,
            Tls = _tls,
            User = Given(_user),
            Password = Given(_password),
            From = Given(_from),
        };

    protected override async Task OnInitializedAsync()
    {
        _to = (await PersonAsync()).Email;
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var found = await Mail.GetAsync(Aborted);
        var server = found.Server;
        (_host, _port, _tls, _user, _from, _password) = (
            server.Host,
            server.Port,
            server.Tls,
            server.User,
            server.From,
            null
        );
        _server = found;
    }

    private Task SaveAsync() =>
        BusyAsync(
            async () =>
            {
                var person = await PersonAsync();
                var actor = new AuditActor("person", $"{person.Id}", person.Email, Viewer.Value);
                await Mail.SaveAsync(actor, person.IsInstallationAdministrator, Wished, Aborted);
                await LoadAsync();
            },
            L["Saved"]
        );

    private Task TestAsync() =>
        BusyAsync(
            async () =>
            {
                var person = await PersonAsync();
                var (subject, text) = (L["TestSubject"].Value, L["TestText"].Value);
                var mail = new MailContent(subject, text, $"<p>{WebUtility.HtmlEncode(text)}</p>");
                await Mail.TestAsync(person.IsInstallationAdministrator, Wished, _to ?? "", mail, Aborted);
            },
            L["TestSent", _to ?? ""]
        );

    private async Task BusyAsync(Func<Task> act, string done)
    {
        if (_busy)
            return;
        _busy = true;
        await Errors.TryAsync(act, done, _faults);
        _busy = false;
    }

    /// <summary>As stored now: a claim of an open page may be older than the right it speaks of.</summary>
    private async Task<Person> PersonAsync()
    {
        var id = await PersonIdAsync();
        return await Access.FindPersonAsync(id, Aborted)
            ?? throw new InvalidOperationException($"Person {id} is signed in and not there.");
    }

    private string? Wrong(string field) => _faults[field] is null ? null : "true";

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
