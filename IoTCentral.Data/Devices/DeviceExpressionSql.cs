using Dapper;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using Condition = IoTCentral.Core.Common.FieldCondition<IoTCentral.Core.Devices.DeviceField>;

namespace IoTCentral.Data.Devices;

/// <summary>Writes a condition on devices as SQL; values become parameters, never text.</summary>
internal sealed class DeviceExpressionSql(DynamicParameters parameters)
{
    private int _number;

    public string Write(Condition expression) =>
        expression switch
        {
            Condition.Both both => $"({Write(both.Left)} and {Write(both.Right)})",
            Condition.Any any => $"({Write(any.Left)} or {Write(any.Right)})",
            Condition.IndexOf of =>
                $"strpos({Column(of.Field)}, {Parameter(of.Text)}) - 1 {Operator(of.Comparison)} {Parameter(of.Place)}",
            Condition.Compare { Value: null } none => none.Comparison == Comparison.NotEqual
                ? $"{Column(none.Field)} is not null"
                : $"{Column(none.Field)} is null",
            Condition.Compare { Comparison: Comparison.Equal } c => $"{Column(c.Field)} = {Parameter(c.Value)}",
            // what has no value is unlike every value
            Condition.Compare { Comparison: Comparison.NotEqual } c =>
                $"{Column(c.Field)} is distinct from {Parameter(c.Value)}",
            Condition.Compare c => $"{Column(c.Field)} {Operator(c.Comparison)} {Parameter(c.Value)}",
            _ => throw new ArgumentOutOfRangeException(nameof(expression)),
        };

    private static string Column(DeviceField field) =>
        field switch
        {
            DeviceField.Id => "d.id",
            DeviceField.DisplayName => "d.name",
            DeviceField.Template => "d.template_id",
            DeviceField.Enabled => "(not d.is_blocked)",
            DeviceField.Provisioned => "(d.status = 'provisioned')",
            DeviceField.Simulated => "d.is_simulated",
            DeviceField.Organization =>
                "(select o.slug from organization o where o.tenant_id = d.tenant_id and o.id = d.organization_id)",
            _ => throw new ArgumentOutOfRangeException(nameof(field)),
        };

    private static string Operator(Comparison comparison) =>
        comparison switch
        {
            Comparison.Equal => "=",
            Comparison.NotEqual => "<>",
            Comparison.Less => "<",
            Comparison.LessOrEqual => "<=",
            Comparison.Greater => ">",
            _ => ">=",
        };

    private string Parameter(object? value)
    {
        var name = $"expression{++_number}";
        parameters.Add(name, value);
        return $"@{name}";
    }
}
