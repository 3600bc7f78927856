import { type Ask, capital, list, steps, type Topic } from './ask.ts';

const trip: Topic = {
  matches: ({ text }) => /\b(trip|travel|itinerary|weekend|holiday|vacation|city break|visit)\b/i.test(text),
  reply: (ask) => {
    const place = /\b(?:to|in|around|visit)\s+(\p{Lu}[\p{L}-]+(?:\s\p{Lu}[\p{L}-]+)?)/u.exec(ask.text)?.[1] ?? 'the city';
    const asked = Number(/(\d+)[\s-]*days?/i.exec(ask.text)?.[1] ?? 2);
    const days = Math.min(Math.max(asked, 1), 7);
    const plans = [
      'start in the old town on foot, have a long lunch at the market, and watch the sunset from the highest viewpoint.',
      'spend the morning in the best-known museum (book the first slot), the afternoon in a park, the evening at a small concert.',
      'take a local train to a village half an hour away, walk back along the water, and eat where the menu is handwritten.',
      'sleep in, browse second-hand books and records, and join a cooking class in the late afternoon.',
      'rent bikes, follow the river out of town, and stop for a swim where everybody else does.',
    ];
    const first = ask.pick([0, 1, 2, 3, 4]);
    const day = (index: number) => `**Day ${index + 1}:** ${plans[(first + index) % plans.length]}`;
    return [
      `Here is a relaxed plan for ${days === 1 ? 'one day' : `${days} days`} in ${place}:`,
      Array.from({ length: days }, (_, index) => day(index)).join('\n\n'),
      ask.pick([
        'Two tips: stay close to a tram line, and leave one evening without any plan at all.',
        'Keep the first evening free: that is when you find the place you will go back to.',
        'Buy the day ticket for public transport in the morning; it pays off after the third ride.',
      ]),
      'Tell me your budget and who is coming, and I will make it more precise.',
    ];
  },
};

const cooking: Topic = {
  matches: ({ text }) => /\b(recipe|cook|dinner|lunch|breakfast|bake|meal|soup|pasta|cake)\b/i.test(text),
  reply: (ask) => {
    const dish = ask.pick([
      {
        name: 'Lemon chickpea pan',
        needs: ['1 tin of chickpeas', '2 cloves of garlic', '1 lemon', 'a handful of spinach', 'olive oil, salt, chilli'],
        how: [
          'Fry the drained chickpeas in plenty of oil until they crackle, 6 minutes.',
          'Add sliced garlic and chilli for one minute.',
          'Stir in the spinach, zest and juice, and take it off the heat.',
        ],
      },
      {
        name: 'Tomato and bread soup',
        needs: ['800 g of tomatoes', '2 slices of stale bread', '1 onion', 'basil', 'olive oil, salt'],
        how: [
          'Soften the chopped onion in oil, 5 minutes.',
          'Add the tomatoes and simmer for 20.',
          'Tear in the bread, let it drink, and beat everything with a spoon.',
          'Finish with basil and your best oil.',
        ],
      },
      {
        name: 'One-pan noodles with egg',
        needs: ['2 nests of noodles', '2 eggs', '1 spring onion', '2 tbsp soy sauce', '1 tsp sesame oil'],
        how: [
          'Boil the noodles and keep half a cup of the water.',
          'Scramble the eggs in a hot pan and push them aside.',
          'Toss noodles, soy sauce and water until glossy, then fold in egg and onion.',
        ],
      },
    ]);
    return [
      `**${dish.name}**, about 25 minutes for two:`,
      list(dish.needs),
      steps(dish.how),
      'Want a version without an ingredient, or for more people?',
    ];
  },
};

const story: Topic = {
  matches: ({ text }) => /\b(story|poem|haiku|limerick|song|lyrics)\b/i.test(text),
  reply: (ask) => {
    if (/\bhaiku\b/i.test(ask.text)) {
      return [
        ask.pick([
          '*Cursor, blinking still —*  \n*a question crosses the wire*  \n*and comes back as rain.*',
          '*Morning on the hill:*  \n*the kettle and the first bird*  \n*agree on a note.*',
        ]),
      ];
    }
    const about = capital(ask.subject.replace(/^(?:short )?(?:story|poem|song)\s*(?:about|on)?\s*/i, '') || 'A small light');
    return [
      `**${about}**`,
      ask.pick([
        'The lighthouse keeper counted ships the way others count sheep. On the night of the great fog there were none, so she counted the pauses between the horn’s calls instead, and wrote each one down.',
        'Nobody in the village remembered who had planted the clock tree. It bore one fruit a year, always at noon, and whoever ate it was late for everything afterwards, and happier.',
      ]),
      'In the morning a boy knocked and asked what she had written. “A list of everything that did not happen,” she said. He looked at it for a long time. “It is a good list,” he said. “May I keep the last line?”',
      'She tore it off for him. It read: *and nobody was lost.*',
    ];
  },
};

const ideas: Topic = {
  matches: ({ text }) => /\b(ideas?|brainstorm|suggest(?:ions?)?|names? for|gift|present for)\b/i.test(text),
  reply: (ask: Ask) => {
    const about = ask.subject.replace(/^(?:\w+ )?(?:ideas?|suggestions?|names?)\s*(?:for|about|on)?\s*/i, '') || ask.subject;
    const angles = [
      '**The small one:** something that takes an afternoon and costs next to nothing, so that you learn what people react to.',
      '**The useful one:** look at what annoys people about it every week, and take away exactly that.',
      '**The shared one:** make it something two people have to do together.',
      '**The opposite:** whatever everybody else does, do it quietly, slowly, or by hand.',
      '**The collection:** one piece a day for thirty days; the series is the idea.',
      '**The borrowed one:** take a rule from a game you like and apply it here.',
      '**The seasonal one:** tie it to a date, so that people wait for it.',
    ];
    const count = ask.pick([4, 5, 6]);
    const first = ask.pick([0, 1, 2, 3]);
    return [
      `Some directions for ${about}:`,
      steps(Array.from({ length: count }, (_, index) => angles[(first + index) % angles.length]!)),
      'Pick one, and I will spell it out.',
    ];
  },
};

export const everyday: readonly Topic[] = [story, cooking, trip, ideas];
