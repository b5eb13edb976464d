using System.Buffers.Text;
using System.Text;
using Dapper;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;

namespace IoTCentral.Data.Devices;

/// <summary>
/// The conditions of a device list. Only operators that an index serves under row-level security: equality, ranges and
/// prefix ranges, never <c>ilike</c> or jsonb containment; a <see cref="DeviceFilter.Expression"/> takes what it says.
/// </summary>
internal sealed class DeviceQuery
{
    // The highest code point: "begins with" as a range that the C-collated index serves.
    private const string Last = "\U0010FFFF";

    private readonly StringBuilder _where = new("true");
    private readonly DynamicParameters _parameters = new();
    private readonly bool _isDescending;

    public DeviceQuery(DeviceFilter filter)
    {
        And(filter.TemplateId, "d.template_id = @", "template");
        And(filter.OrganizationId, "d.organization_id = @", "organization");
        And(filter.IsSimulated, "d.is_simulated = @", "simulated");
        And(filter.IsBlocked, "d.is_blocked = @", "blocked");
        And(filter.IsConnected, "coalesce(p.is_connected, false) = @", "connected");
        if (filter.OnlyUnassigned)
            _where.Append(" and d.template_id is null");
        if (filter.IsProvisioned is { } provisioned)
            _where.Append(provisioned ? " and d.status = 'provisioned'" : " and d.status <> 'provisioned'");
        if (filter.IsWaiting is { } waiting)
            _where.Append(
                waiting
                    ? " and d.status = 'waiting' and not d.is_blocked"
                    : " and (d.status <> 'waiting' or d.is_blocked)"
            );
        And(
            filter.GroupId,
            """
            exists (select from device_credential c
              where c.tenant_id = d.tenant_id and c.device_key = d.device_key and c.group_id = @
            """,
            "group",
            ")"
        );
        AndWords(filter.Search ?? "");
        AndProperties(filter.Properties);
        if (filter.Expression is { } expression)
            _where.Append(" and ").Append(new DeviceExpressionSql(_parameters).Write(expression));
        _isDescending = filter.IsDescending;
    }

    public string Order => _isDescending ? "d.name_key desc, d.id desc" : "d.name_key, d.id";

    public string Where => _where.ToString();
    public DynamicParameters Parameters => _parameters;

    /// <summary>Only what comes after the page that ended with this key.</summary>
    /// <exception cref="InvalidRequestException"><c>page.invalid</c>.</exception>
    public void After(string next)
    {
        if (ReadKey(next) is not [var name, var id])
            throw new InvalidRequestException(
                "page.invalid",
                "The page asked for does not follow one that was given out."
            );
        _where.Append(
            _isDescending
                ? " and (d.name_key, d.id) < (@after_name, @after_id)"
                : " and (d.name_key, d.id) > (@after_name, @after_id)"
        );
        _parameters.Add("after_name", name);
        _parameters.Add("after_id", id);
    }

    public static string KeyAfter(DeviceRow last) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.NameKey}\n{last.Id}"));

    private static string[]? ReadKey(string next)
    {
        try
        {
            var key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(next));
            return key.Contains('\0', StringComparison.Ordinal) ? null : key.Split('\n'); // PostgreSQL takes no NUL
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private void And(object? value, string condition, string name, string end = "")
    {
        if (value is null)
            return;
        _where.Append(" and ").Append(condition).Append(name).Append(end);
        _parameters.Add(name, value);
    }

    private void AndWords(string search)
    {
        var number = 0;
        foreach (var word in DeviceWords.OfSearch(search))
        {
            number++;
            _where.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"""
                 and exists (select from device_word w where w.device_key = d.device_key and w.tenant_id = d.tenant_id
                   and w.word >= @word{number} and w.word < @word_end{number})
                """
            );
            _parameters.Add($"word{number}", word);
            _parameters.Add($"word_end{number}", word + Last);
        }
    }

    private void AndProperties(IReadOnlyList<PropertyEquals> properties)
    {
        for (var i = 0; i < properties.Count; i++)
        {
            _where.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"""
                 and exists (select from device_property v where v.device_key = d.device_key and v.tenant_id = d.tenant_id
                   and v.component = @component{i} and v.name = @property{i} and v.value = @value{i})
                """
            );
            _parameters.Add($"component{i}", properties[i].Component);
            _parameters.Add($"property{i}", properties[i].Name);
            _parameters.Add($"value{i}", properties[i].Value);
        }
    }
}
