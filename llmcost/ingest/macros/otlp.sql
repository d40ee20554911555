-- OTLP/JSON: attributes as maps ----------------------------------------------------------------------------
-- One attribute value of OTLP/JSON as text; a list as JSON.
create or replace temp macro otlp_text(v) as
    coalesce(
        v.stringvalue,
        v.intvalue,
        v.doublevalue,
        v.boolvalue,
        case
            when v.arrayvalue is not null
            then cast(to_json(list_transform(v.arrayvalue.values, lambda x: coalesce(x.stringvalue, x.intvalue))) as varchar)
        end
    )
;

create or replace temp macro otlp_pairs(attributes) as
    list_transform(
        list_filter(attributes, lambda x: x.key is not null), lambda x: struct_pack(key := x.key, value := otlp_text(x.value))
    )
;

-- A list of attributes as a map. A key that comes twice, which the protocol forbids, counts once.
create or replace temp macro otlp_map(attributes) as
    case
        when len(list_distinct(list_transform(attributes, lambda x: x.key))) = len(attributes)
        then map_from_entries(otlp_pairs(attributes))
        else
            map_from_entries(
                list_filter(
                    otlp_pairs(attributes),
                    lambda x, i: list_position(list_transform(otlp_pairs(attributes), lambda y: y.key), x.key) = i
                )
            )
    end
;
