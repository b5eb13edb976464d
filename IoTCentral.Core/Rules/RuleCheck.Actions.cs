using System.Buffers;
using System.Net.Mail;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Rules;

/// <content>Faults of actions: addresses, placeholders, web addresses.</content>
public static partial class RuleCheck
{
    private const int MaxNote = 4_000;
    private const int MaxUrl = 2_000;

    private static void Actions(RuleDefinition definition, RuleVocabulary? vocabulary, List<Fault> faults)
    {
        if (definition.Actions.Count > MaxActions)
            faults.Add(new("actions", $"A rule has at most {MaxActions} actions."));
        if (definition.Actions.Where(a => a.Id.Length > 0).GroupBy(a => a.Id).Any(g => g.Count() > 1))
            faults.Add(new("actions", "Two actions have the same id."));
        for (var i = 0; i < definition.Actions.Count; i++)
        {
            var path = $"actions[{i}]";
            if (definition.Actions[i].Id.Length > 0 && !Ids().IsMatch(definition.Actions[i].Id))
                faults.Add(new($"{path}.id", "An id has 1 to 64 letters, digits, '-' or '_'."));
            switch (definition.Actions[i])
            {
                case EmailAction email:
                    Email(email, path, vocabulary, faults);
                    break;
                case WebhookAction webhook:
                    Webhook(webhook, path, faults);
                    break;
            }
        }
    }

    private static void Email(EmailAction email, string path, RuleVocabulary? vocabulary, List<Fault> faults)
    {
        if (email.To.Count is 0 or > MaxRecipients)
            faults.Add(new($"{path}.to", $"Give 1 to {MaxRecipients} addresses."));
        for (var i = 0; i < email.To.Count; i++)
        {
            var to = email.To[i];
            if (Recipients.PropertyIn(to) is { } property)
            {
                if (
                    vocabulary is not null
                    && vocabulary.Find(new PropertyKey(PropertySource.Cloud, "", property)) is null
                )
                    faults.Add(new($"{path}.to[{i}]", $"The template has no cloud property '{property}'."));
            }
            else if (!Recipients.IsAddress(to))
            {
                faults.Add(new($"{path}.to[{i}]", $"'{to}' is no e-mail address."));
            }
        }

        if (email.Note.Length > MaxNote)
            faults.Add(new($"{path}.note", $"The note has at most {MaxNote} characters."));
    }

    private static void Webhook(WebhookAction webhook, string path, List<Fault> faults)
    {
        if (
            webhook.Url.Length > MaxUrl
            || !Uri.TryCreate(webhook.Url, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
        )
            faults.Add(new($"{path}.url", "Give an address that begins with https:// or http://."));
        else if (uri.UserInfo.Length > 0)
            faults.Add(new($"{path}.url", "Leave user and password out of the address; use the secret instead."));
        if (webhook.Name.Length > MaxName)
            faults.Add(new($"{path}.name", $"The name has at most {MaxName} characters."));
        if (webhook.NewSecret is { Length: > 0 and < 16 } or { Length: > 256 })
            faults.Add(new($"{path}.secret", "A secret has 16 to 256 characters."));
    }
}

/// <summary>Who gets a mail: plain addresses, or cloud properties of the device that hold some.</summary>
public static class Recipients
{
    private static readonly SearchValues<char> NotInAddresses = SearchValues.Create("\r\n,;<>\" ");

    /// <summary>Name of the cloud property in <c>{name}</c>; null: it is no placeholder.</summary>
    public static string? PropertyIn(string to) =>
        to.Length > 2 && to[0] == '{' && to[^1] == '}' && !to[1..^1].AsSpan().ContainsAny('{', '}') ? to[1..^1] : null;

    /// <summary>A bare address such as <c>a@b.example</c>: no name, no line break, no list.</summary>
    public static bool IsAddress(string text) =>
        text.Length is > 2 and <= 254
        && !text.AsSpan().ContainsAny(NotInAddresses)
        && MailAddress.TryCreate(text, out var address)
        && address.Address == text
        && address.Host.Length > 0;

    /// <summary>The addresses behind an entry; a property may hold several, parted by comma or semicolon.</summary>
    /// <param name="fault">Why there is none, or not all, in words; null: all is well.</param>
    public static IReadOnlyList<string> Resolve(
        string to,
        IReadOnlyDictionary<PropertyKey, string> properties,
        out string? fault
    )
    {
        fault = null;
        if (PropertyIn(to) is not { } name)
            return [to];
        if (!properties.TryGetValue(new(PropertySource.Cloud, "", name), out var stored) || stored.Trim().Length == 0)
        {
            fault = $"The device has no value in the cloud property '{name}'.";
            return [];
        }

        var parts = stored.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var good = parts.Where(IsAddress).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (good.Count < parts.Length || good.Count == 0)
            fault = $"The cloud property '{name}' of the device holds no e-mail address, or more than that.";
        return good;
    }
}
